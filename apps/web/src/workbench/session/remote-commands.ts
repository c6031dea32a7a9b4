/** Commands by which a node is reached from one's own machine, to be run in a clone of Drydock. They hold the session's link. */
import type { SessionId } from '@drydock/protocol';
import { basePath } from '../../env.ts';
import { recentSession, sessionPath } from './recent-sessions.ts';

/** The link that this browser came by. */
function ownLink(sessionId: SessionId): string {
  return window.location.origin + basePath + sessionPath(sessionId, recentSession(sessionId)?.token ?? '');
}

/** Brings a port to one's own machine, for programs that speak no HTTP (PROTOCOL.md, B11). */
export function forwardCommand(sessionId: SessionId, node: string, port: number): string {
  return `npm run -s drydock -- forward -s '${ownLink(sessionId)}' ${node}:${port}`;
}

/** A terminal of the node in one's own (PROTOCOL.md, T-20). */
export function shellCommand(sessionId: SessionId, node: string): string {
  return `npm run -s drydock -- shell -s '${ownLink(sessionId)}' ${node}`;
}

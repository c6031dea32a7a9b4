/** Names of ports: `<port>-<node>-<session>` in host names, `/p/<session>/<node>/<port>/` in paths; resolved by table, never by address. */
import { CLOSED_PORTS, isSessionId, type SessionId } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { isLive, type SessionRecord } from '../../model/session.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';

export interface PortName {
  sessionId: SessionId;
  node: string;
  port: number;
}

export interface PortTarget extends PortName {
  session: SessionRecord;
  host: string;
}

const NODE = '[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?';
const PORT = '[1-9]\\d{0,4}';
const SESSION = '[a-z2-7]{8}';
const LABEL = new RegExp(`^(${PORT})-(${NODE})-(${SESSION})$`);
const PATH = new RegExp(`^/p/(${SESSION})/(${NODE})/(${PORT})(?:/~([A-Za-z0-9._-]{1,256}))?(?:/|$)`);

/** The name in a label, or undefined when it has not the form. */
export function parsePortLabel(label: string): PortName | undefined {
  const [, port, node, sessionId] = LABEL.exec(label) ?? [];
  if (port === undefined || node === undefined || !isSessionId(sessionId) || Number(port) > 65535) return undefined;
  return { sessionId, node, port: Number(port) };
}

/** A port's path on the main origin: its name, the grant in it, and what the node shall see. */
export interface PortPath extends PortName {
  grant: string | undefined;
  /** The part that is cut off, without a slash at its end. */
  prefix: string;
  /** What follows, from its slash on; empty when the slash is missing. */
  rest: string;
}

/** The name in a path, or undefined when it has not the form. */
export function parsePortPath(url: string): PortPath | undefined {
  const [whole, sessionId, node, port, grant] = PATH.exec(url) ?? [];
  if (whole === undefined || !isSessionId(sessionId) || node === undefined || Number(port) > 65535) return undefined;
  const prefix = whole.endsWith('/') ? whole.slice(0, -1) : whole;
  return { sessionId, node, port: Number(port), grant, prefix, rest: url.slice(prefix.length) };
}

/** Looks names up; unknown, foreign, ended and closed ones are all the same nothing. */
export function createPortTable(deps: { directory: Pick<SessionDirectory, 'get'>; clock: Clock }) {
  return (name: PortName): PortTarget | undefined => {
    const session = deps.directory.get(name.sessionId);
    if (session === undefined || !isLive(session, deps.clock.now()) || CLOSED_PORTS.includes(name.port))
      return undefined;
    const node = session.nodes.find((candidate) => candidate.name === name.node);
    if (node === undefined || node.state !== 'running') return undefined;
    return { ...name, session, host: node.host };
  };
}

export type PortTable = ReturnType<typeof createPortTable>;

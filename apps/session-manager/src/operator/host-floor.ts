/** What a host asks for to keep itself going: sessions that it has frozen for want of disk, and those that take too much of its kernel. */
import { DISK_SHORT_REASON, type SessionId } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { frozenOf, type SessionRecord } from '../model/session.ts';
import type { HostEvent, HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { Interventions } from './interventions.ts';

/** Between two looks for freezes of which no host speaks any more (ms). */
const CHECK_MS = 15_000;
/** A host repeats a freeze every ten seconds: who is silent for so long has let go, or was started anew (ms). */
const SILENCE_MS = 60_000;

/** Begins to listen; returns how to stop. Only what a host says of a session with nodes on it counts. */
export function obeyHostFloor(deps: {
  hosts: Pick<HostRegistry, 'onEvent' | 'isConnected'>;
  directory: Pick<SessionDirectory, 'get' | 'all'>;
  interventions: Pick<Interventions, 'end' | 'freeze' | 'thaw'>;
  clock: Clock;
  logger: Logger;
}): () => void {
  const { hosts, directory, interventions, clock, logger } = deps;
  const startedAt = clock.now();
  /** When a host last spoke of a session's freeze. */
  const heard = new Map<SessionId, number>();
  let timer: Timer | undefined;

  async function act({ sessionId, action, reason }: Extract<HostEvent, { kind: 'floor' }>): Promise<void> {
    const session = directory.get(sessionId);
    const frozen = session === undefined ? undefined : frozenOf(session)?.reason;
    switch (action) {
      case 'end':
        return await interventions.end('host', sessionId, reason);
      case 'freeze':
        heard.set(sessionId, clock.now());
        // Of several managers the first to hear it writes.
        if (frozen === undefined) await interventions.freeze('host', sessionId, reason);
        return;
      case 'thaw':
        heard.delete(sessionId);
        if (frozen === reason) await interventions.thaw('host', sessionId);
        // The host has let it go on: what an operator has frozen is the operator's to thaw.
        else if (frozen !== undefined) await interventions.freeze('host', sessionId, frozen);
    }
  }

  const failed = (sessionId: SessionId) => (err: unknown) =>
    logger.warn({ err, sessionId }, 'what a host asked for was not done');

  const isSilent = (session: SessionRecord) =>
    frozenOf(session)?.reason === DISK_SHORT_REASON &&
    clock.now() - Math.max(heard.get(session.id) ?? 0, startedAt) > SILENCE_MS &&
    session.nodes.every(({ host }) => hosts.isConnected(host));

  function checkAgain(): void {
    timer = clock.after(CHECK_MS, () => {
      for (const session of directory.all()) {
        if (isSilent(session)) interventions.thaw('host', session.id).catch(failed(session.id));
      }
      for (const id of heard.keys()) if (directory.get(id)?.state !== 'active') heard.delete(id);
      checkAgain();
    });
  }

  const stop = hosts.onEvent((event) => {
    if (event.kind !== 'floor') return;
    const session = directory.get(event.sessionId);
    if (session?.state !== 'active' || !session.nodes.some(({ host }) => host === event.host)) return;
    act(event).catch(failed(event.sessionId));
  });
  checkAgain();
  return () => {
    stop();
    timer?.cancel();
  };
}

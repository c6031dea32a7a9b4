/** What an operator may do to one session: end it, stop its nodes where they are, let them go on, note and flag it. */
import { DrydockError, type SessionId } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import { frozenOf, noted, type SessionRecord, thaw } from '../model/session.ts';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionService } from '../sessions/session-service.ts';
import type { AuditTrail } from './audit-trail.ts';

export interface Interventions {
  /** Ends a session; its pages show `reason`. @throws DrydockError SESSION_NOT_FOUND. */
  end(by: string, sessionId: SessionId, reason: string): Promise<void>;
  /**
   * Stops every process of its nodes where it is. A host that is away obeys when it comes back.
   * @throws DrydockError SESSION_NOT_FOUND, or what a host answers that cannot do it.
   */
  freeze(by: string, sessionId: SessionId, reason: string): Promise<void>;
  /** Lets its nodes go on. @throws DrydockError SESSION_NOT_FOUND, HOST_UNAVAILABLE: it stays frozen then. */
  thaw(by: string, sessionId: SessionId): Promise<void>;
  /** Writes an operator's note on it; an empty one takes it away. @throws DrydockError SESSION_NOT_FOUND. */
  note(by: string, sessionId: SessionId, note: string): Promise<void>;
  /** Writes what a rule has seen; false when there is a flag already, or the session is over. */
  flag(sessionId: SessionId, text: string): Promise<boolean>;
  stop(): void;
}

/** Builds them, and begins to repeat freezes for hosts that come back and nodes that come later. */
export function createInterventions(deps: {
  directory: Pick<SessionDirectory, 'get' | 'all' | 'update' | 'onChange'>;
  service: Pick<SessionService, 'end'>;
  hosts: Pick<HostRegistry, 'onEvent'>;
  commands: AgentCommands;
  trail: AuditTrail;
  clock: Clock;
  logger: Logger;
}): Interventions {
  const { directory, service, hosts, commands, trail, clock, logger } = deps;

  function activeSession(sessionId: SessionId): SessionRecord {
    const session = directory.get(sessionId);
    if (session?.state !== 'active')
      throw new DrydockError('SESSION_NOT_FOUND', 'There is no such session that lives.');
    return session;
  }

  async function sendFreeze({ id, nodes }: SessionRecord, frozen: boolean): Promise<void> {
    const names = new Set(nodes.filter(({ state }) => state !== 'lost').map(({ host }) => host));
    await Promise.all([...names].map((host) => commands.send(host, 'session.freeze', { sessionId: id, frozen })));
  }

  function freezeAnew(host: string, sessionId: SessionId): void {
    commands
      .send(host, 'session.freeze', { sessionId, frozen: true })
      .catch((error: unknown) => logger.warn({ err: error, sessionId }, 'a session was not frozen anew'));
  }

  const stopListening = [
    hosts.onEvent((event) => {
      if (event.kind !== 'connected') return;
      for (const session of directory.all()) {
        if (frozenOf(session) === undefined) continue;
        if (session.nodes.some(({ host }) => host === event.host)) freezeAnew(event.host, session.id);
      }
    }),
    // A node whose making had begun before the freeze runs after it.
    directory.onChange(({ previous, next }) => {
      if (frozenOf(next) === undefined) return;
      const ran = new Set(previous?.nodes.flatMap(({ name, state }) => (state === 'running' ? [name] : [])));
      for (const { name, state, host } of next.nodes) {
        if (state === 'running' && !ran.has(name)) freezeAnew(host, next.id);
      }
    }),
  ];

  return {
    async end(by, sessionId, reason) {
      if (directory.get(sessionId) === undefined) throw new DrydockError('SESSION_NOT_FOUND');
      await service.end(sessionId, 'operator', reason);
      await trail.note(by, 'end', sessionId, reason);
    },
    async freeze(by, sessionId, reason) {
      activeSession(sessionId);
      const frozen = { at: clock.now(), reason };
      const session = await directory.update(sessionId, (current) =>
        current.state === 'active' ? { ...current, frozen } : current,
      );
      await trail.note(by, 'freeze', sessionId, reason);
      await sendFreeze(session, true).catch((error: DrydockError) => {
        if (error.code !== 'HOST_UNAVAILABLE') throw error;
        logger.warn({ err: error, sessionId }, 'a host of a frozen session is away; it is told when it comes back');
      });
    },
    async thaw(by, sessionId) {
      await sendFreeze(activeSession(sessionId), false);
      await directory.update(sessionId, thaw);
      await trail.note(by, 'thaw', sessionId);
    },
    async note(by, sessionId, note) {
      if (directory.get(sessionId) === undefined) throw new DrydockError('SESSION_NOT_FOUND');
      await directory.update(sessionId, (session) => noted(session, note));
      await trail.note(by, 'note', sessionId, note);
    },
    async flag(sessionId, text) {
      const flag = { at: clock.now(), text };
      let isOurs = false;
      await directory.update(sessionId, (current) => {
        isOurs = current.flag === undefined && current.state === 'active';
        return isOurs ? { ...current, flag } : current;
      });
      if (isOurs) await trail.note('rule', 'flag', sessionId, text);
      return isOurs;
    },
    stop() {
      for (const stop of stopListening) stop();
    },
  };
}

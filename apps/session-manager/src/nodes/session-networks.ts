/** Sessions that span hosts: tells each of their hosts of the others, again whenever nodes come and go or a host comes back. */
import { createHmac } from 'node:crypto';
import { type SessionId, type SessionNetwork, toDrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { SessionRecord } from '../model/session.ts';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { Host, HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';

/** The session's network as `host` must know it; undefined when it never spanned hosts, or that host has no part in such networks. */
export function networkFor(
  { vni, version, nodes }: SessionRecord,
  host: string,
  find: (name: string) => Pick<Host, 'underlay'> | undefined,
): SessionNetwork | undefined {
  if (vni === undefined || find(host)?.underlay === undefined) return undefined;
  const others = new Map<string, { name: string; index: number }[]>();
  for (const { host: other, state, name, index } of nodes) {
    // One that is being destroyed is gone for the others at once.
    if (other === host || state === 'lost' || state === 'destroying') continue;
    others.set(other, [...(others.get(other) ?? []), { name, index }]);
  }
  // A host that this manager does not know yet is told of when it has said where it is.
  const hosts = [...others].flatMap(([name, itsNodes]) => {
    const address = find(name)?.underlay?.address;
    return address === undefined ? [] : [{ address, nodes: itsNodes }];
  });
  return { version, vni, hosts };
}

/** The seed of a session's ssh key: every manager and every host comes to the same one, and it is nowhere stored. */
export function keySeedOf(secret: string, sessionId: SessionId): string {
  return createHmac('sha256', secret).update(`ssh-key ${sessionId}`).digest('base64url');
}

/** What the others' news are made of. */
const placesOf = (session: SessionRecord | undefined) =>
  (session?.nodes ?? [])
    .map(({ name, index, host, state }) => `${name} ${index} ${host} ${state === 'creating' || state === 'running'}`)
    .join();

/** Begins to tell; returns how to stop. */
export function sendNetworks(deps: {
  directory: Pick<SessionDirectory, 'all' | 'onChange'>;
  hosts: Pick<HostRegistry, 'get' | 'isConnected' | 'onEvent'>;
  commands: AgentCommands;
  logger: Logger;
}): () => void {
  const { directory, hosts, commands, logger } = deps;

  function send(session: SessionRecord): void {
    if (session.state !== 'active' || session.vni === undefined) return;
    const names = session.nodes.flatMap(({ host, state }) => (state === 'lost' ? [] : [host]));
    for (const host of new Set(names)) {
      const network = hosts.isConnected(host) ? networkFor(session, host, hosts.get) : undefined;
      if (network === undefined) continue;
      commands.send(host, 'session.network', { sessionId: session.id, network }).catch((error: unknown) => {
        // A host that is away hears of it when it is back.
        if (toDrydockError(error).code === 'HOST_UNAVAILABLE') return;
        logger.error({ err: error, sessionId: session.id, host }, 'host not told of the session’s other hosts');
      });
    }
  }

  const stops = [
    directory.onChange(({ previous, next }) => {
      if (placesOf(previous) !== placesOf(next)) send(next);
    }),
    hosts.onEvent((event) => {
      if (event.kind !== 'connected') return;
      // It may have missed news, and may have another address than before.
      for (const session of directory.all()) if (session.nodes.some(({ host }) => host === event.host)) send(session);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

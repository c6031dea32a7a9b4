/** Sessions of this host that also live on others: remembered on disk, so that an agent that starts knows them before its manager speaks. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  nodeAddress,
  type SessionId,
  type SessionNetwork,
  sessionNetworkSchema,
  type Underlay,
} from '@drydock/protocol';
import type { Peer } from '../peer.ts';
import { applySpan } from './span-links.ts';
import { admitHosts, admitNobody } from './underlay.ts';

export interface SessionSpans {
  readonly underlay: Underlay;
  /** Once, before anything else: reads what was remembered of `sessions`, forgets the rest, and shuts out everybody else. */
  start(sessions: readonly SessionId[]): Promise<void>;
  /** Remembers a newer state; false when the known one is as new. */
  set(sessionId: SessionId, network: SessionNetwork): Promise<boolean>;
  /** Makes the session's namespace, which must be there, as remembered. */
  apply(sessionId: SessionId): Promise<void>;
  forget(sessionId: SessionId): Promise<void>;
  /** Nodes of the session on other hosts. */
  peers(sessionId: SessionId): Peer[];
  /** Takes the host's rules away; for when no session is left. */
  remove(): Promise<void>;
}

/** Builds them; `bandwidth` is what one session may send to other hosts (bits a second). */
export function createSessionSpans(directory: string, underlay: Underlay, bandwidth: number): SessionSpans {
  const file = (sessionId: SessionId) => join(directory, `${sessionId}.json`);
  const spans = new Map<string, SessionNetwork>();
  let admitted: string | undefined;
  let admitting: Promise<void> = Promise.resolve();

  /** One after the other: each sees what is remembered at its turn. */
  function admit(): Promise<void> {
    admitting = admitting
      .catch(() => undefined)
      .then(async () => {
        const addresses = [...spans.values()].flatMap(({ hosts }) => hosts.map(({ address }) => address));
        const hosts = [...new Set(addresses)].sort();
        if (hosts.join() === admitted) return;
        await admitHosts(underlay.address, hosts);
        admitted = hosts.join();
      });
    return admitting;
  }

  return {
    underlay,
    async start(sessions) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      for (const name of await readdir(directory)) {
        const sessionId = sessions.find((id) => `${id}.json` === name);
        const text = await readFile(join(directory, name), 'utf8').catch(() => '');
        const known = sessionNetworkSchema.safeParse(parseJson(text)).data;
        if (sessionId !== undefined && known !== undefined) spans.set(sessionId, known);
        else await rm(join(directory, name), { force: true });
      }
      await admit();
    },
    async set(sessionId, network) {
      if ((spans.get(sessionId)?.version ?? 0) >= network.version) return false;
      spans.set(sessionId, network);
      await writeFile(`${file(sessionId)}.part`, JSON.stringify(network), { mode: 0o600 });
      await rename(`${file(sessionId)}.part`, file(sessionId));
      await admit();
      return true;
    },
    async apply(sessionId) {
      const network = spans.get(sessionId);
      if (network !== undefined) await applySpan(sessionId, network, underlay, bandwidth);
    },
    async forget(sessionId) {
      if (!spans.delete(sessionId)) return;
      await rm(file(sessionId), { force: true });
      await admit();
    },
    peers: (sessionId) =>
      (spans.get(sessionId)?.hosts ?? []).flatMap(({ nodes }) =>
        nodes.map(({ name, index }) => ({ name, ip: nodeAddress(index) })),
      ),
    async remove() {
      await admitting.catch(() => undefined);
      await admitNobody();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

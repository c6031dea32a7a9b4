/** Tells a booted node who it is: name, address, resolver, peers and the session's key, by the image's own script. */
import { DrydockError } from '@drydock/protocol';
import type { Peer } from '../network/peer.ts';
import type { NodeKey, Runtime } from '../runtime/runtime.ts';
import type { SshKey } from './ssh-key.ts';

/** In the node (infra/node-image/files): reads an identity's lines on stdin; may be run again with other peers. */
export const IDENTIFY = '/usr/lib/drydock/identify';
/** It takes 30 ms; a node starved by its own learner at a later run may need more (seconds). */
const IDENTIFY_TIMEOUT_SECONDS = 20;
/** A node of the pool may wait this long to be claimed (seconds): no longer than a timer can run. */
const LONGEST_WAIT_SECONDS = 20 * 24 * 3600;

export interface Identity {
  name: string;
  ip: string;
  session: string;
  resolver: string;
  /** The other nodes of the session. */
  peers: Peer[];
  sshKey: SshKey;
}

/** Tells the node its identity. @throws DrydockError NODE_CREATE_FAILED with what the script said. */
export type Tell = (identity: Identity) => Promise<void>;

/** What the script reads. The first line is for nodes of an older image that live on: their script knows nothing else. */
export function identityLines(identity: Identity): string {
  const { name, ip, session, resolver, peers, sshKey } = identity;
  const lines = [
    JSON.stringify(identity),
    `name ${name}`,
    `ip ${ip}`,
    `session ${session}`,
    `resolver ${resolver}`,
    ...peers.map((peer) => `peer ${peer.ip} ${peer.name}`),
    `public-key ${sshKey.publicKey}`,
    ...sshKey.privateKey
      .trimEnd()
      .split('\n')
      .map((line) => `private-key ${line}`),
    'end',
  ];
  return `${lines.join('\n')}\n`;
}

/** Starts the script in a node that waits for its identity; the start of a process is what takes its time. `signal` ends it untold. */
export function awaitIdentity(runtime: Runtime, key: NodeKey, signal: AbortSignal): Tell {
  let tell: (lines: string) => void = () => {};
  const stdin = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const run = runtime.exec(key, { command: [IDENTIFY], stdin, timeoutSeconds: LONGEST_WAIT_SECONDS, signal });
  run.catch(() => undefined); // Told to whoever tells an identity.
  return async (identity) => {
    tell(identityLines(identity));
    const late = new AbortController();
    const timeout = new Promise<never>((_, reject) => {
      const timer = setTimeout(
        () => reject(new DrydockError('NODE_CREATE_FAILED', undefined, undefined, { cause: 'identify: no answer' })),
        IDENTIFY_TIMEOUT_SECONDS * 1000,
      );
      late.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    try {
      check(await Promise.race([run, timeout]));
    } finally {
      late.abort();
    }
  };
}

/** Tells it now. @throws DrydockError NODE_CREATE_FAILED with what the script said. */
export async function identify(runtime: Runtime, key: NodeKey, identity: Identity): Promise<void> {
  check(
    await runtime.exec(key, {
      command: [IDENTIFY],
      stdin: identityLines(identity),
      timeoutSeconds: IDENTIFY_TIMEOUT_SECONDS,
    }),
  );
}

function check({ exitCode, stderr }: { exitCode: number; stderr: Buffer }): void {
  if (exitCode === 0) return;
  const said = stderr.toString('utf8').slice(0, 500);
  throw new DrydockError('NODE_CREATE_FAILED', undefined, undefined, {
    cause: new Error(`identify: ${exitCode} ${said}`),
  });
}

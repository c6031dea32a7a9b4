/** Tells a booted node who it is: name, address, resolver, peers and the session's key, by the image's own script. */
import { DrydockError } from '@drydock/protocol';
import type { Peer } from '../network/session-networks.ts';
import type { NodeKey, Runtime } from '../runtime/runtime.ts';
import type { SshKey } from './ssh-key.ts';

/** In the node (infra/node-image/files): reads one JSON object on stdin; may be run again with other peers. */
export const IDENTIFY = '/usr/lib/drydock/identify';
/** It takes 30 ms; a node starved by its own learner at a later run may need more (seconds). */
const IDENTIFY_TIMEOUT_SECONDS = 20;

export interface Identity {
  name: string;
  ip: string;
  session: string;
  resolver: string;
  /** The other nodes of the session. */
  peers: Peer[];
  sshKey: SshKey;
}

/** @throws DrydockError NODE_CREATE_FAILED with what the script said. */
export async function identify(runtime: Runtime, key: NodeKey, identity: Identity): Promise<void> {
  const { exitCode, stderr } = await runtime.exec(key, {
    command: [IDENTIFY],
    stdin: JSON.stringify(identity),
    timeoutSeconds: IDENTIFY_TIMEOUT_SECONDS,
  });
  if (exitCode === 0) return;
  const said = stderr.toString('utf8').slice(0, 500);
  throw new DrydockError('NODE_CREATE_FAILED', undefined, undefined, {
    cause: new Error(`identify: ${exitCode} ${said}`),
  });
}

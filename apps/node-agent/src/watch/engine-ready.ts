/** Waits for a node's Docker Engine, once; what watches the nodes of sessions (node-watchers.ts) goes on after that. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeHandle } from '../runtime/runtime.ts';
import { createDockerApi } from './docker-api.ts';
import { DOCKER_SOCKET } from './docker-watch.ts';

/** The socket is there within milliseconds of a node's start; while the engine starts its init holds the connection. */
const RETRY_MS = 50;
/** An engine that is not up by then will not come (ms). */
const LONGEST_MS = 60_000;

/** Resolves when the node's engine answers, rejects when it does not in a minute. */
export async function engineReady(node: Pick<NodeHandle, 'connectUnix'>, signal: AbortSignal): Promise<void> {
  const api = createDockerApi(() => node.connectUnix(DOCKER_SOCKET));
  const end = performance.now() + LONGEST_MS;
  for (;;) {
    signal.throwIfAborted();
    const left = end - performance.now();
    try {
      await api.get('/_ping', Math.max(1, Math.ceil(left)), signal);
      return;
    } catch (error) {
      if (left <= 0) throw error;
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

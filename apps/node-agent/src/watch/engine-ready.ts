/** Waits for a node's Docker Engine, once; what watches the nodes of sessions (node-watchers.ts) goes on after that. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetnsSockets } from '../system/netns-sockets.ts';
import { createDockerApi } from './docker-api.ts';
import { DOCKER_SOCKET } from './docker-watch.ts';

/** The socket is there within milliseconds of a node's start; while the engine starts its init holds the connection. */
const RETRY_MS = 50;
/** An engine that is not up by then will not come (ms). */
const LONGEST_MS = 60_000;

/** Builds the wait: resolves when the engine of the node with first process `pid` answers, rejects when it does not in a minute. */
export function createEngineReady(sockets: NetnsSockets): (pid: number, signal: AbortSignal) => Promise<void> {
  return async (pid, signal) => {
    const { ino } = statSync(`/proc/${pid}/ns/net`);
    const api = createDockerApi(() => sockets.connectUnix(pid, DOCKER_SOCKET, ino));
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
  };
}

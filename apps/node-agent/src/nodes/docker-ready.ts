/** Waits until a node's Docker Engine answers. */
import type { NodeKey, Runtime } from '../runtime/runtime.ts';

/**
 * The socket is there before the engine is (the node's init holds it), so one connection waits for the first answer;
 * the shell repeats it should the engine close it.
 */
const PING =
  'until curl --silent --fail --max-time 20 --output /dev/null --unix-socket /run/docker.sock http://docker/_ping; do sleep 0.2; done';
const READY_TIMEOUT_SECONDS = 120;

/** Resolves to whether the engine answered in time; an abort counts as no. */
export async function waitForDocker(runtime: Runtime, key: NodeKey, signal: AbortSignal): Promise<boolean> {
  try {
    const { exitCode } = await runtime.exec(key, {
      command: ['/bin/sh', '-c', PING],
      timeoutSeconds: READY_TIMEOUT_SECONDS,
      signal,
    });
    return exitCode === 0;
  } catch {
    return false; // Timed out, or the node has gone in the meantime.
  }
}

/** Waits until a node's Docker Engine answers. */
import type { NodeKey, Runtime } from '../runtime/runtime.ts';

/** Asks the node's own init, which knows when the engine has said that it is ready; costs nothing while it waits. */
const WAIT = ['/usr/lib/drydock/drydock-ctl', 'wait', 'docker', '120'];
const READY_TIMEOUT_SECONDS = 125;

/** Resolves to whether the engine answered in time; an abort counts as no. */
export async function waitForDocker(runtime: Runtime, key: NodeKey, signal: AbortSignal): Promise<boolean> {
  try {
    const { exitCode } = await runtime.exec(key, {
      command: WAIT,
      timeoutSeconds: READY_TIMEOUT_SECONDS,
      signal,
    });
    return exitCode === 0;
  } catch {
    return false; // Timed out, or the node has gone in the meantime.
  }
}

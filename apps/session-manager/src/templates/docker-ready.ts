/** Waits until a node's docker answers. */
import { DrydockError, type SessionId } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { requireNode } from '../model/session.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';

/** How long a node's docker may take to answer after the node runs (ms). */
const DOCKER_READY_MS = 90_000;

/** Builds the wait. @throws DrydockError NODE_NOT_READY after its time, SESSION_ENDED, NODE_NOT_FOUND. */
export function createDockerReady(deps: {
  directory: Pick<SessionDirectory, 'get'>;
  hosts: Pick<HostRegistry, 'nodeReport' | 'onEvent'>;
  clock: Clock;
}): (sessionId: SessionId, name: string) => Promise<void> {
  const { directory, hosts, clock } = deps;
  return (sessionId, name) => {
    const isReady = () => {
      const session = directory.get(sessionId);
      if (session === undefined) throw new DrydockError('SESSION_ENDED');
      return hosts.nodeReport(requireNode(session, name).host, sessionId, name)?.dockerReady === true;
    };
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        stop();
        timer.cancel();
        settle();
      };
      const checkReady = () => {
        try {
          if (isReady()) finish(resolve);
        } catch (error) {
          finish(() => reject(error));
        }
      };
      const timer = clock.after(DOCKER_READY_MS, () => {
        finish(() => reject(new DrydockError('NODE_NOT_READY', `Docker on ${name} did not start in time.`)));
      });
      const stop = hosts.onEvent((event) => {
        if (event.kind === 'node' && event.report.sessionId === sessionId && event.report.name === name) checkReady();
      });
      checkReady();
    });
  };
}

/** Commands on the nodes of a session that have to succeed, and waiting for what a swarm comes to. */
import { expect } from '@playwright/test';
import type { ApiSession } from './api.ts';

export type SwarmShell = ReturnType<typeof swarmShell>;

/** `manager` names the node that is asked about services. */
export function swarmShell(session: () => ApiSession, manager = 'mgr1') {
  /** Runs a script with bash; its output, and a failed test when it fails. */
  async function on(node: string, script: string, timeoutSeconds = 120): Promise<string> {
    const { exitCode, stdout, stderr } = await session().sh(node, script, timeoutSeconds);
    expect(exitCode, `${node}: ${script}\n${stdout}\n${stderr}`).toBe(0);
    return (stdout + stderr).trim();
  }

  /** Waits until the shell's `condition` holds on the node; else fails with what `otherwise` prints. */
  const until = (node: string, condition: string, { seconds = 60, otherwise = 'true' } = {}) =>
    on(
      node,
      `end=$((SECONDS + ${seconds})); until ${condition}; do [ $SECONDS -lt $end ] || { ${otherwise}; exit 1; }; sleep 0.3; done`,
      seconds + 60,
    );

  return {
    on,
    until,
    /** Waits until `docker service ls` shows the service converged. */
    converged: (service: string, replicas: string) =>
      until(
        manager,
        `[ "$(docker service ls --format '{{.Name}} {{.Replicas}}' | awk '$1 == "${service}" { print $2 }')" = ${replicas} ]`,
        { otherwise: `docker service ps --no-trunc ${service}` },
      ),
    /** Waits until the service's last update is in this state. */
    updateIs: (service: string, state: string) =>
      until(manager, `[ "$(docker service inspect -f '{{.UpdateStatus.State}}' ${service})" = ${state} ]`, {
        seconds: 90,
        otherwise: `docker service ps --no-trunc ${service}`,
      }),
    dockerAnswers: (node: string) => until(node, 'docker version >/dev/null 2>&1'),
    /** A container of the service on the node where this is typed. */
    container: (service: string) => `$(docker ps -qf label=com.docker.swarm.service.name=${service} | head -n 1)`,

    /** Asks a port of each node's localhost again and again; `stop` ends that and gives how many answers came and how many did not. */
    async countRequests(nodes: readonly string[], port: number) {
      for (const node of nodes) await until(node, `curl -sf -o /dev/null -m 3 localhost:${port}`);
      const script = `touch counting; ok=0; bad=0; while [ -e counting ]; do if curl -sf -o /dev/null -m 5 localhost:${port}; then ok=$((ok+1)); else bad=$((bad+1)); fi; sleep 0.02; done; echo "$ok $bad"`;
      const counts = nodes.map((node) => on(node, script, 300));
      return {
        async stop(): Promise<{ ok: number; bad: number }[]> {
          for (const node of nodes) await on(node, 'sleep 1; rm -f counting');
          return (await Promise.all(counts)).map((line) => {
            const [ok = 0, bad = 0] = line.split(' ').map(Number);
            return { ok, bad };
          });
        },
      };
    },
  };
}

/** A page that tells its container, for `docker service create ... ${WEB_SERVER}`; with ${HEALTHY} docker sends it nothing before it is up. */
export const WEB_SERVER = `busybox sh -c 'mkdir /www; hostname >/www/index.html; exec httpd -f -p 80 -h /www'`;
export const HEALTHY = `--health-cmd 'wget -qO /dev/null http://127.0.0.1/' --health-interval 500ms --stop-signal KILL`;

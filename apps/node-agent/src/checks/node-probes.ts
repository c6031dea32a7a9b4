/** Looks once in a node for a lab's checks. */
import type { Socket } from 'node:net';
import {
  type ExecRequest,
  type ExecResponse,
  MAX_EXEC_OUTPUT_BYTES,
  type NodeProbe,
  type ProbedFacts,
  type SessionId,
} from '@drydock/protocol';
import { askPage } from './http-look.ts';
import { LOOK_COMMAND, LOOK_SECONDS, type LookProbe, lookQuestions, readLook } from './look.ts';

/** Scripts and pages of one node at a time. */
const MAX_AT_ONCE = 4;
/** What is kept of a script's output, its end (characters). */
const MAX_OUTPUT = 8_192;

export interface NodeProbesDeps {
  /** Runs a command in a node as its root. @throws DrydockError. */
  exec(sessionId: SessionId, node: string, request: ExecRequest): Promise<ExecResponse>;
  /** Connects to a port of a node. @throws DrydockError. */
  connectPort(sessionId: SessionId, node: string, port: number): Promise<Socket>;
  /** The first processes of a node's running containers by name. */
  pids(sessionId: SessionId, node: string): ReadonlyMap<string, number>;
}

export type NodeProbes = (sessionId: SessionId, node: string, probes: readonly NodeProbe[]) => Promise<ProbedFacts>;

/** Builds it. What cannot be learnt is left out of the facts; it rejects only where the node cannot be entered at all. */
export function createNodeProbes({ exec, connectPort, pids }: NodeProbesDeps): NodeProbes {
  async function look(sessionId: SessionId, node: string, probes: readonly LookProbe[]): Promise<ProbedFacts> {
    if (probes.length === 0) return {};
    const { stdout, truncated } = await exec(sessionId, node, {
      command: LOOK_COMMAND,
      stdin: lookQuestions(probes, pids(sessionId, node)),
      timeoutSeconds: LOOK_SECONDS,
    });
    if (truncated || stdout.length >= MAX_EXEC_OUTPUT_BYTES) return {};
    return readLook(stdout, probes);
  }

  async function run(
    sessionId: SessionId,
    node: string,
    probe: Extract<NodeProbe, { kind: 'run' }>,
  ): Promise<NonNullable<ProbedFacts['runs']>[string] | undefined> {
    const { script, timeoutMs, as = 'root', env = {} } = probe;
    // Values travel as arguments of `env`, never inside the script.
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const shell = ['nice', '-n', '10', 'env', ...words, 'bash', '-c', script];
    const command = as === 'root' ? shell : ['runuser', '-u', as, '--', ...shell];
    try {
      const answer = await exec(sessionId, node, {
        command,
        timeoutSeconds: timeoutMs / 1_000,
        workingDir: '/root',
      });
      return {
        exit: answer.exitCode,
        output: answer.stdout.slice(-MAX_OUTPUT),
        stderr: answer.stderr.slice(-MAX_OUTPUT),
      };
    } catch (error) {
      const { code } = error as { code?: string };
      return code === 'EXEC_TIMEOUT' ? { exit: null, timedOut: true, output: '' } : undefined;
    }
  }

  return async (sessionId, node, probes) => {
    const runs: NonNullable<ProbedFacts['runs']> = {};
    const pages: NonNullable<ProbedFacts['http']> = {};
    const queue = probes.flatMap((probe) => {
      if (probe.kind === 'http')
        return [
          async () => {
            pages[probe.key] = await askPage(probe, () => connectPort(sessionId, node, probe.port));
          },
        ];
      if (probe.kind !== 'run') return [];
      return [
        async () => {
          const ran = await run(sessionId, node, probe);
          if (ran !== undefined) runs[probe.key] = ran;
        },
      ];
    });
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
    };
    const looks = probes.filter((probe): probe is LookProbe => probe.kind !== 'http' && probe.kind !== 'run');
    const [facts] = await Promise.all([
      look(sessionId, node, looks),
      ...Array.from({ length: MAX_AT_ONCE }, () => work()),
    ]);
    return {
      ...facts,
      ...(Object.keys(runs).length === 0 ? {} : { runs }),
      ...(Object.keys(pages).length === 0 ? {} : { http: pages }),
    };
  };
}

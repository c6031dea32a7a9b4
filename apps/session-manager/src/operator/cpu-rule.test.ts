import { createLogger, createManualClock } from '@drydock/service-kit';
import { describe, expect, it } from 'vitest';
import { createHostRegistry } from '../scheduling/host-registry.ts';
import { exampleSession } from '../store/sessions/sessions.contract.ts';
import { type CpuRule, watchCpu } from './cpu-rule.ts';
import { createUsageMeter } from './usage-meter.ts';

const LIMITS = { cpus: 2, memoryBytes: 1, diskBytes: 1, pids: 1 };
const NODE = { name: 'node1', index: 1, host: 'h1', limits: LIMITS, state: 'running', createdAt: 0 } as const;
const HELLO = {
  version: '1',
  capabilities: {
    ingress: 'none',
    encryptedOverlay: false,
    vlan: false,
    platforms: [],
    cgroup: 2,
    isolation: 'none',
  },
  capacity: { cpus: 1, memoryBytes: 1, diskBytes: 1, pool: 0, maxNodes: 1, defaultLimits: LIMITS },
  nodes: [],
  terminals: [],
} as const;

/** A place with one session of one node, whose host reports every five seconds. */
function place(rule: CpuRule) {
  const clock = createManualClock(0);
  const hosts = createHostRegistry({ clock });
  hosts.hello('h1', structuredClone(HELLO) as never);
  let session = { ...exampleSession(), nodes: [NODE] } as ReturnType<typeof exampleSession>;
  const meter = createUsageMeter({ hosts, isOpen: () => true, clock, minutes: rule.minutes });
  const done: string[] = [];
  const stop = watchCpu({
    rule,
    meter,
    clock,
    logger: createLogger('test', 'silent'),
    directory: { all: () => [session] },
    interventions: {
      async flag(_id, text) {
        session = { ...session, flag: { at: clock.now(), text } };
        done.push(`flag ${text}`);
        return true;
      },
      async freeze(by) {
        done.push(`freeze by ${by}`);
      },
      async end(by) {
        done.push(`end by ${by}`);
      },
    },
  });
  async function run(minutes: number, cpu: (second: number) => number) {
    for (let second = 0; second < minutes * 60; second += 5) {
      const usage = { cpu: cpu(second), memoryBytes: 1, diskBytes: 1, pids: 1, oomKills: 0 };
      const report = { sessionId: session.id, name: 'node1', ip: '', state: 'running', dockerReady: true } as const;
      const swarm = { role: 'none', leader: false } as const;
      hosts.fact('h1', { kind: 'node', node: { ...report, swarm, limits: LIMITS, usage, ports: [], createdAt: 0 } });
      clock.advance(5000);
      await Promise.resolve();
    }
  }
  return { run, done, meter, stop, id: session.id };
}

describe('the processor rule', () => {
  it('flags a node that works all the time once, also one that pauses for a moment each minute', async () => {
    const { run, done, stop } = place({ action: 'flag', percent: 90, minutes: 10 });
    await run(8, () => 1);
    expect(done).toEqual([]);
    await run(12, (second) => (second % 60 === 0 ? 0 : 1));
    expect(done).toEqual([expect.stringMatching(/^flag node1 used 9[89] % of its processors over 10 minutes$/)]);
    stop();
  });

  it('lets those be who build for a while, or work at half', async () => {
    const { run, done, meter, id, stop } = place({ action: 'end', percent: 90, minutes: 10 });
    await run(6, () => 1);
    await run(4, () => 0.1);
    await run(20, () => 0.5);
    expect(done).toEqual([]);
    // 2 processors: 6 minutes whole, 4 at a tenth, 20 at half.
    expect(meter.cpuSeconds(id)).toBeCloseTo(2 * 60 * (6 + 0.4 + 10), -2);
    stop();
  });

  it.each([
    ['freeze', ['freeze by rule']],
    ['end', ['end by rule']],
    ['off', []],
  ] as const)('does what the operator chose: %s', async (action, wanted) => {
    const { run, done, stop } = place({ action, percent: 90, minutes: 5 });
    await run(8, () => 1);
    expect(done.filter((line) => !line.startsWith('flag'))).toEqual(wanted);
    stop();
  });
});

/** The rule against mining: a node that uses nearly all of its processors for long is told of, frozen, or its session ended. */
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { Interventions } from './interventions.ts';
import type { UsageMeter } from './usage-meter.ts';

/** Between two looks at all sessions (ms). */
const CHECK_MS = 15_000;

export interface CpuRule {
  action: 'off' | 'flag' | 'freeze' | 'end';
  /** Share of a node's own limit, in percent. */
  percent: number;
  minutes: number;
}

/** Begins to look; returns how to stop. */
export function watchCpu(deps: {
  rule: CpuRule;
  meter: Pick<UsageMeter, 'share'>;
  directory: Pick<SessionDirectory, 'all'>;
  interventions: Pick<Interventions, 'flag' | 'freeze' | 'end'>;
  clock: Clock;
  logger: Logger;
}): () => void {
  const { rule, meter, directory, interventions, clock, logger } = deps;
  let timer: Timer | undefined;
  let stopped = false;

  async function act(sessionId: SessionId, node: string, share: number): Promise<void> {
    const text = `${node} used ${Math.round(share * 100)} % of its processors over ${rule.minutes} minutes`;
    // Of several managers one writes the flag, and that one acts.
    if (!(await interventions.flag(sessionId, text))) return;
    if (rule.action === 'freeze') await interventions.freeze('rule', sessionId, text);
    if (rule.action === 'end') await interventions.end('rule', sessionId, text);
  }

  async function check(): Promise<void> {
    for (const { id, state, flag, nodes } of directory.all()) {
      if (state !== 'active' || flag !== undefined) continue;
      for (const { name } of nodes) {
        const share = meter.share(id, name);
        if (share === undefined || share * 100 < rule.percent) continue;
        await act(id, name, share).catch((error: unknown) =>
          logger.warn({ err: error, sessionId: id }, 'the processor rule could not act'),
        );
        break;
      }
    }
  }

  function checkAgain(): void {
    if (stopped) return;
    timer = clock.after(CHECK_MS, () => void check().finally(checkAgain));
  }

  if (rule.action !== 'off') checkAgain();
  return () => {
    stopped = true;
    timer?.cancel();
  };
}

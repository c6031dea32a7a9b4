/** How long the scheduler thinks at 50, 200 and 500 hosts, with 40 sessions a host in memory. */
import { systemClock } from '@drydock/service-kit';
import type { SessionRecord } from '../model/session.ts';
import { createAdmission } from '../scheduling/admission.ts';
import { createHostRegistry } from '../scheduling/host-registry.ts';
import { createMemoryLine } from '../store/line/memory.ts';
import { type Figures, quantiles } from './figures.ts';
import { hostHello, runningSession } from './simulated-site.ts';

const HOST_COUNTS = [50, 200, 500];
const SESSIONS_PER_HOST = 40;
const DECISIONS = 5000;

/** Measures both kinds of decision: a place for nodes, and letting a session in. */
export async function schedulerFigures(): Promise<Figures> {
  const figures: Figures = {};
  for (const count of HOST_COUNTS) {
    const sessions: SessionRecord[] = [];
    const placed = new Map<string, number>();
    const hosts = createHostRegistry({ clock: systemClock });
    for (let index = 0; index < count; index += 1) {
      hosts.hello(`host-${index}`, hostHello(index));
      for (let number = 0; number < SESSIONS_PER_HOST; number += 1) {
        const session = runningSession(`host-${index}`, 1 + (number % 3), Date.now());
        sessions.push(session);
        placed.set(`host-${index}`, (placed.get(`host-${index}`) ?? 0) + session.nodes.length);
      }
    }
    const nextEnds = () => sessions.map(({ expiresAt }) => expiresAt).sort((a, b) => a - b);
    const admission = createAdmission({
      maySessionsGrow: () => true,
      hosts,
      placed: (host) => placed.get(host) ?? 0,
      line: createMemoryLine(systemClock),
      nextEnds,
      clock: systemClock,
    });
    const places: number[] = [];
    const admissions: number[] = [];
    for (let decision = 0; decision < DECISIONS; decision += 1) {
      const start = performance.now();
      admission.place(1 + (decision % 5));
      const placed = performance.now();
      await admission.admit(1, `ticket-${decision}`);
      admissions.push(performance.now() - placed);
      places.push(placed - start);
    }
    figures[`scale.scheduler.place-${count}-hosts`] = quantiles('ms', places);
    figures[`scale.scheduler.admit-${count}-hosts`] = quantiles('ms', admissions);
  }
  return figures;
}

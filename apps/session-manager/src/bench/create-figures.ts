/** Creating sessions over HTTP: the delay at a steady 50 a second and manager, and the most that one manager and two managers make. */
import { Agent, request } from 'node:http';
import { startBenchManagers } from './bench-managers.ts';
import { type Figures, quantiles, value } from './figures.ts';

const STEADY_PER_SECOND = 50;
const STEADY_SECONDS = 15;
const FULL_SECONDS = 8;
/** Callers of one manager at full speed. */
const CALLERS = 8;
/** Calls before the measurement, while the compiler of the engine still learns. */
const WARM = 200;

const BODY = '{}';

function create(origin: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length };
    const call = request(`${origin}/api/v1/sessions`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 201 ? resolve() : reject(new Error(`create: ${response.statusCode}`)),
      );
    });
    call.once('error', reject);
    call.end(BODY);
  });
}

/** Starts calls at their times, whether the ones before are answered or not: a slow manager is not spared. */
async function steady(origins: readonly string[], agent: Agent): Promise<number[]> {
  const perSecond = STEADY_PER_SECOND * origins.length;
  const total = perSecond * STEADY_SECONDS;
  const begin = performance.now();
  return Promise.all(
    Array.from({ length: total }, async (_, index) => {
      const due = begin + (index * 1000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      await create(origins[index % origins.length] as string, agent);
      return performance.now() - due;
    }),
  );
}

async function fullSpeed(origins: readonly string[], agent: Agent): Promise<number> {
  const until = performance.now() + FULL_SECONDS * 1000;
  let made = 0;
  await Promise.all(
    origins.flatMap((origin) =>
      Array.from({ length: CALLERS }, async () => {
        while (performance.now() < until) {
          await create(origin, agent);
          made += 1;
        }
      }),
    ),
  );
  return made / FULL_SECONDS;
}

/** Measures on one manager, then on two over one Redis. */
export async function createFigures(): Promise<Figures> {
  const figures: Figures = {};
  for (const count of [1, 2]) {
    const managers = await startBenchManagers(count);
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    try {
      for (const origin of managers.origins) {
        for (let call = 0; call < WARM; call += 1) await create(origin, agent);
      }
      const rate = STEADY_PER_SECOND * count;
      figures[`scale.create.steady-${rate}`] = quantiles('ms', await steady(managers.origins, agent));
      figures[`scale.create.most-${count}-managers`] = value('1/s', await fullSpeed(managers.origins, agent));
    } finally {
      agent.destroy();
      await managers.stop();
    }
  }
  return figures;
}

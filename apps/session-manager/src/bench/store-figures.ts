/** What 20,000 sessions cost Redis and a manager: writes, memory, and the time in which a manager that starts knows them all. */
import { createLogger } from '@drydock/service-kit';
import { startTestRedis } from '@drydock/testkit';
import { Redis } from 'ioredis';
import { createSessionDirectory } from '../sessions/session-directory.ts';
import { createRedisStore } from '../store/redis.ts';
import { type Figures, quantiles, value } from './figures.ts';
import { runningSession } from './simulated-site.ts';

const STEPS = [1000, 5000, 20_000];
/** Writes under way at once: as many as a busy manager has. */
const WRITERS = 16;
const HOSTS = 500;

/** Measures at each step of the curve. */
export async function storeFigures(): Promise<Figures> {
  const figures: Figures = {};
  const redis = await startTestRedis(['--appendfsync', 'everysec']);
  const logger = createLogger('bench', 'silent');
  const probe = new Redis(redis.url);
  const memory = async () => Number(/used_memory:(\d+)/.exec(await probe.info('memory'))?.[1]);
  const store = await createRedisStore(redis.url, logger);
  try {
    const empty = await memory();
    let made = 0;
    for (const step of STEPS) {
      const writes: number[] = [];
      const start = performance.now();
      const first = made;
      await Promise.all(
        Array.from({ length: WRITERS }, async () => {
          while (made < step) {
            made += 1;
            const record = runningSession(`host-${made % HOSTS}`, 1 + (made % 3), Date.now());
            const before = performance.now();
            await store.sessions.create(record, 1_000_000);
            writes.push(performance.now() - before);
          }
        }),
      );
      const seconds = (performance.now() - start) / 1000;
      figures[`scale.store.create-until-${step}`] = quantiles('ms', writes);
      figures[`scale.store.creates-until-${step}`] = value('1/s', (step - first) / seconds, step - first);
      figures[`scale.store.redis-memory-${step}`] = value('MB', ((await memory()) - empty) / 1e6);
      const reader = await createRedisStore(redis.url, logger);
      const directory = createSessionDirectory({ store: reader.sessions, logger });
      const before = performance.now();
      await directory.start();
      figures[`scale.store.manager-knows-${step}`] = value('ms', performance.now() - before);
      directory.close();
      await reader.close();
    }
  } finally {
    probe.disconnect();
    await store.close();
    await redis.stop();
  }
  return figures;
}

/** Runs the session manager as a process. */
import { readFileSync } from 'node:fs';
import { DrydockError } from '@drydock/protocol';
import { createLogger, EnvError, onShutdown, systemClock, watchProcess } from '@drydock/service-kit';
import { type ManagerEnv, readManagerEnv } from './env.ts';
import { type Manager, startManager } from './manager.ts';
import { settingsFrom } from './settings.ts';
import { createMemoryStore } from './store/memory.ts';
import { createRedisStore } from './store/redis.ts';

/** sysexits.h: what the supervisor and the operator see of why a start failed. */
const EXIT = { unavailable: 69, config: 78, other: 1 } as const;

function fail(code: number, sentence: string): never {
  console.error(`session-manager: ${sentence}`);
  process.exit(code);
}

function environment(): ManagerEnv {
  try {
    return readManagerEnv();
  } catch (error) {
    if (error instanceof EnvError) fail(EXIT.config, `bad setting: ${error.message}`);
    throw error;
  }
}

async function start(env: ManagerEnv): Promise<{ manager: Manager; stop(): Promise<void> }> {
  const logger = createLogger('session-manager', env.DRYDOCK_LOG_LEVEL);
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const settings = settingsFrom(env, version);
  const store =
    env.DRYDOCK_STORE === 'memory'
      ? createMemoryStore(systemClock)
      : await createRedisStore(env.REDIS_URL ?? '', logger, undefined, env.DRYDOCK_REDIS_CA_FILE);
  const watch = watchProcess('manager', { logger });
  const manager = await startManager(settings, { store, clock: systemClock, logger, watch });
  watch.ready();
  return {
    manager,
    async stop() {
      await manager.close();
      await store.close();
    },
  };
}

const env = environment();
try {
  const { stop } = await start(env);
  onShutdown(createLogger('session-manager', env.DRYDOCK_LOG_LEVEL), stop);
} catch (error) {
  if (error instanceof EnvError) fail(EXIT.config, `bad setting: ${error.message}`);
  if (error instanceof DrydockError && error.code === 'STORE_UNAVAILABLE') {
    fail(EXIT.unavailable, `Redis cannot be reached at ${(env.REDIS_URL ?? '').replace(/\/\/[^@/]*@/, '//')}`);
  }
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    fail(EXIT.unavailable, `port ${env.DRYDOCK_PORT} of ${env.DRYDOCK_HOST} is taken by another program`);
  }
  console.error(error);
  process.exit(EXIT.other);
}

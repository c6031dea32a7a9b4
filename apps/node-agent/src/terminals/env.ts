/** The terminal host's environment: the only place that reads it. */
import { fileURLToPath } from 'node:url';
import { readEnv } from '@drydock/service-kit';
import { z } from 'zod';

const absolute = z.string().regex(/^\//, 'must be an absolute path');

const schema = z.object({
  DRYDOCK_STATE_DIR: absolute.default('/var/lib/drydock'),
  DRYDOCK_NATIVE_DIR: absolute.optional(),
  DRYDOCK_TERMINALS_SOCKET: absolute,
  /** As the agent's: whose nodes the terminals are of. */
  DRYDOCK_RUNTIME: z.enum(['runc', 'fake']).default('runc'),
  /** systemd's own: how long it waits for a sign of life (microseconds). */
  WATCHDOG_USEC: z.coerce.number().int().positive().optional(),
  DRYDOCK_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** The same from src/terminals/ and dist/terminals/. */
const OWN_NATIVE_DIR = fileURLToPath(new URL('../../../../native/build', import.meta.url));

/** Reads the terminal host's settings. @throws EnvError naming every bad variable. */
export function readTerminalsEnv(source: Record<string, string | undefined> = process.env) {
  const env = readEnv(schema, source);
  return {
    stateDir: env.DRYDOCK_STATE_DIR,
    nativeDir: env.DRYDOCK_NATIVE_DIR ?? OWN_NATIVE_DIR,
    socketPath: env.DRYDOCK_TERMINALS_SOCKET,
    runtime: env.DRYDOCK_RUNTIME,
    watchdogUs: env.WATCHDOG_USEC,
    logLevel: env.DRYDOCK_LOG_LEVEL,
  };
}

export type TerminalsEnv = ReturnType<typeof readTerminalsEnv>;

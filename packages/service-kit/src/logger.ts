/** Structured logs: one constant message, ids as fields, secrets never. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Fields that may hold a secret, wherever they appear. */
const SECRET_FIELDS = ['token', 'key', 'cookie', 'authorization', 'password', 'privateKey'];

/** Fields of every line that is logged within a piece of work, however deep: the id of the request that began it. */
export const logContext = new AsyncLocalStorage<Readonly<Record<string, string>>>();

/** The logger of one process; JSON lines on stdout, or to `destination`. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    mixin: () => ({ ...logContext.getStore() }),
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

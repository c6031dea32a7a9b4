/** Structured logs: one constant message, ids as fields, secrets never. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Fields that may hold a secret, wherever they appear. */
const SECRET_FIELDS = ['token', 'key', 'cookie', 'authorization', 'password', 'privateKey'];

/** Fields of every line that is logged within a piece of work, however deep: the id of the request that began it. */
export const logContext = new AsyncLocalStorage<Readonly<Record<string, string>>>();

/** What of an error is written besides its words, numbers and causes: our own errors' facts. */
const OWN_FACTS = 'details';

const isError = (value: object) => 'type' in value && 'stack' in value && 'message' in value;

/**
 * An error without what a library hangs on it, which may be all that it was sent: Redis' client adds the command that was refused with its
 * arguments, the password of `HELLO` among them.
 */
function withoutLoad(error: object): object {
  const kept: [string, unknown][] = [];
  // Its words are its prototype's own properties until they are set.
  for (const key in error) {
    const value = (error as Record<string, unknown>)[key];
    if (value === null || typeof value !== 'object' || key === OWN_FACTS) kept.push([key, value]);
    else if (key === 'aggregateErrors' && Array.isArray(value)) kept.push([key, value.map(tellError)]);
    else if (isError(value)) kept.push([key, withoutLoad(value)]);
  }
  return Object.fromEntries(kept);
}

function tellError(thrown: unknown): unknown {
  const told: unknown = thrown instanceof Error ? pino.stdSerializers.err(thrown) : thrown;
  return typeof told === 'object' && told !== null && isError(told) ? withoutLoad(told) : told;
}

/** The logger of one process; JSON lines on stdout, or to `destination`. */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    serializers: { err: tellError },
    mixin: () => ({ ...logContext.getStore() }),
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

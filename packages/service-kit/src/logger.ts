/** Structured logs: one constant message, ids as fields, secrets never. */
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Fields that may hold a secret, wherever they appear. */
const SECRET_FIELDS = ['token', 'key', 'cookie', 'authorization', 'password', 'privateKey'];

/** The logger of one process; JSON lines on stdout. */
export function createLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[secret]' },
  });
}

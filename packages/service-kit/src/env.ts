/** Reads a process's environment once, against a schema, with one clear line per mistake. */
import { z } from 'zod';

/** The environment is wrong; the message names each variable and what it must be. */
export class EnvError extends Error {}

/**
 * Parses `source` with `schema`. Empty strings count as unset.
 * @throws EnvError naming every bad variable.
 */
export function readEnv<S extends z.ZodObject>(schema: S, source: Record<string, string | undefined>): z.output<S> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

/** A whole number within bounds, from text. */
export function envInteger(min: number, max: number) {
  return z.coerce.number().int().min(min).max(max);
}

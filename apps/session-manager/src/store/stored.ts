/**
 * Records as they lie in a store: JSON that this or another release wrote. It is parsed when it is read; what is of a form or a version
 * that this release does not know stays where it is, and is told.
 */
import type { Logger } from '@drydock/service-kit';
import type { z } from 'zod';

/** Keys of which the log was told; with more of them the log is told again. */
const MAX_TOLD = 10_000;

export interface StoredReader {
  /** What `decode` makes of the JSON `text` that lies at `key`; undefined when it cannot, after telling the log once for each key. */
  read<T>(key: string, text: string, decode: (value: unknown) => T): T | undefined;
  /** The same by a schema; unknown fields are dropped or kept as the schema says. */
  parse<S extends z.ZodType>(key: string, text: string, schema: S): z.output<S> | undefined;
}

/** Builds a reader. */
export function createStoredReader(logger: Logger): StoredReader {
  const told = new Set<string>();

  function read<T>(key: string, text: string, decode: (value: unknown) => T): T | undefined {
    try {
      const value = decode(JSON.parse(text));
      told.delete(key);
      return value;
    } catch (error) {
      if (!told.has(key))
        logger.error({ err: error, key }, 'record of a form that this release does not know: it stays');
      if (told.size >= MAX_TOLD) told.clear();
      told.add(key);
      return undefined;
    }
  }

  return { read, parse: (key, text, schema) => read(key, text, (value) => schema.parse(value)) };
}

/** Who is in a session now: one entry a connected page. */
import { z } from 'zod';
import { terminalIdSchema } from '../ids.ts';
import { rightSchema } from './session.ts';

/** A person's own name (characters). */
export const MAX_PERSON_NAME_LENGTH = 40;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a name must not hold.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** What a person calls themselves; no control or direction characters, which could disguise a name. */
export const personNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_PERSON_NAME_LENGTH)
  .refine((name) => !CONTROL.test(name));

export const personSchema = z.object({
  /** Names one connection; a page that comes back is a new one. */
  id: z.string().max(64),
  /** Names a browser, so that its tabs count as one person; chosen by the page, and no secret. */
  browser: z.string().max(64),
  right: rightSchema,
  /** Null until the person gives one. */
  name: personNameSchema.nullable(),
  /** The terminal that this page has in front; null for none. */
  terminalId: terminalIdSchema.nullable(),
});
export type Person = z.infer<typeof personSchema>;

/** What a page says of itself. */
export const hereSchema = personSchema.pick({ browser: true, name: true, terminalId: true });
export type Here = z.infer<typeof hereSchema>;

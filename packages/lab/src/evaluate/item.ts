/** A thing that a leaf may be about. */
import { fullImageName } from '../compile/assets.ts';

/** `names`: all that it may be called; absent: its name alone. */
export type Item = { name: string; names?: readonly string[]; node?: string; values: Record<string, unknown> };

/** An image by all names that an author may have written for it. */
export function imageNames(image: string): string[] {
  const plain = image.replace(/@sha256:[0-9a-f]+$/, '');
  return [...new Set([image, plain, plain.replace(/:[^:/]*$/, ''), fullImageName(plain)])];
}

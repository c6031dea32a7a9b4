/** Who a fake node is: what its `identify` wrote down (nodes/identity.ts has the lines). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the node whose root directory is `home`; before it was told, it has neither name nor address. */
export function readIdentity(home: string): { name: string; ip: string } {
  let text = '';
  try {
    text = readFileSync(join(home, 'identity'), 'utf8');
  } catch {
    // Not told yet.
  }
  const value = (word: string) => new RegExp(`^${word} (.+)$`, 'm').exec(text)?.[1] ?? '';
  return { name: value('name'), ip: value('ip') };
}

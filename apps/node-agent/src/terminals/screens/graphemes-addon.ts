/** Loads xterm's grapheme addon in Node.js, which its table decoder does not expect. */
import { createRequire } from 'node:module';

/**
 * The addon decodes its table with `Buffer.from` and then reads the whole ArrayBuffer behind it, as if the table began there.
 * A small buffer usually lies somewhere in Node's shared pool ("Data error"), so that the pool is off while the addon loads.
 */
function loadGraphemesAddon(): typeof import('@xterm/addon-unicode-graphemes') {
  const { poolSize } = Buffer;
  Buffer.poolSize = 0;
  try {
    return createRequire(import.meta.url)('@xterm/addon-unicode-graphemes');
  } finally {
    Buffer.poolSize = poolSize;
  }
}

export const { UnicodeGraphemesAddon } = loadGraphemesAddon();

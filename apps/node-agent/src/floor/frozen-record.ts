/** Which sessions somebody has frozen: the kernel keeps them so, and the next agent of this host must know for whom. */

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type SessionId, sessionIdSchema } from '@drydock/protocol';
import { z } from 'zod';

export interface FrozenRecord {
  read(): Promise<SessionId[]>;
  write(sessions: readonly SessionId[]): Promise<void>;
}

/** Kept in `file`, which is there only while there are some. */
export function createFrozenRecord(file: string): FrozenRecord {
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => '[]');
      return z.array(sessionIdSchema).catch([]).parse(parse(text));
    },
    async write(sessions) {
      if (sessions.length === 0) return await rm(file, { force: true });
      await writeFile(`${file}.part`, JSON.stringify(sessions), { mode: 0o600 });
      await rename(`${file}.part`, file);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [];
  }
}

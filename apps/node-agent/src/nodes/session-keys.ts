/** One SSH key a session, kept on the host so that nodes made after a restart of the agent get the same one. */

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '@drydock/protocol';
import { z } from 'zod';
import { generateSshKey, type SshKey } from './ssh-key.ts';

const keySchema = z.object({ privateKey: z.string(), publicKey: z.string() });

export interface SessionKeys {
  /** The session's key, made at the first call: of `seed` (base64url), so that other hosts make the same one, else by chance. */
  get(sessionId: SessionId, seed?: string): Promise<SshKey>;
  forget(sessionId: SessionId): Promise<void>;
  /** Forgets the keys of all other sessions. */
  keepOnly(sessionIds: ReadonlySet<string>): Promise<void>;
}

/** Builds the keys in `directory`. */
export function createSessionKeys(directory: string): SessionKeys {
  const file = (sessionId: SessionId) => join(directory, `${sessionId}.json`);
  const pending = new Map<string, Promise<SshKey>>();

  async function load(sessionId: SessionId, seed: string | undefined): Promise<SshKey> {
    const text = await readFile(file(sessionId), 'utf8').catch(() => undefined);
    if (text !== undefined) return keySchema.parse(JSON.parse(text));
    const key = generateSshKey(`session-${sessionId}`, seed === undefined ? undefined : Buffer.from(seed, 'base64url'));
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(`${file(sessionId)}.part`, JSON.stringify(key), { mode: 0o600 });
    await rename(`${file(sessionId)}.part`, file(sessionId));
    return key;
  }

  return {
    get(sessionId, seed) {
      // Two nodes made at once must not each make a key.
      const key = pending.get(sessionId) ?? load(sessionId, seed);
      pending.set(sessionId, key);
      key.catch(() => pending.delete(sessionId));
      return key;
    },
    async forget(sessionId) {
      pending.delete(sessionId);
      await rm(file(sessionId), { force: true });
    },
    async keepOnly(sessionIds) {
      for (const name of await readdir(directory).catch(() => [])) {
        if (!sessionIds.has(name.slice(0, name.indexOf('.')))) await rm(join(directory, name), { force: true });
      }
    },
  };
}

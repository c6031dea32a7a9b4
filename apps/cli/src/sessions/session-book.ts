/**
 * The sessions that were started or named here, with their links: one file each, mode 0600, in `drydock/sessions` of the user's state folder.
 * A link opens its session for whoever has it, so nobody else may read them.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SessionId, sessionIdSchema, tokenSchema } from '@drydock/protocol';
import { z } from 'zod';

/** More than anybody has; the rest is not looked at. */
const MAX_SESSIONS = 1000;

const keptSchema = z.object({
  server: z.string(),
  sessionId: sessionIdSchema,
  token: tokenSchema,
  name: z.string().nullable(),
  startedAt: z.number(),
});
export type KeptSession = z.infer<typeof keptSchema>;

export interface SessionBook {
  /** The newest first. What cannot be read is left out. */
  all(): KeptSession[];
  put(session: KeptSession): void;
  remove(sessionId: SessionId): void;
}

/** Builds it over a folder, which is made with the first entry. */
export function createSessionBook(folder: string): SessionBook {
  const pathOf = (id: string) => join(folder, `${id}.json`);

  function read(id: string): KeptSession[] {
    try {
      return [keptSchema.parse(JSON.parse(readFileSync(pathOf(id), 'utf8')))];
    } catch {
      return [];
    }
  }

  function ids(): string[] {
    try {
      return readdirSync(folder)
        .flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []))
        .slice(0, MAX_SESSIONS);
    } catch {
      return [];
    }
  }

  return {
    all: () =>
      ids()
        .flatMap(read)
        .sort((a, b) => b.startedAt - a.startedAt),
    put(session) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // It may have been there before, with other rights.
      chmodSync(folder, 0o700);
      const path = pathOf(session.sessionId);
      writeFileSync(`${path}.${process.pid}`, JSON.stringify(session), { mode: 0o600 });
      renameSync(`${path}.${process.pid}`, path);
    },
    remove: (id) => rmSync(pathOf(id), { force: true }),
  };
}

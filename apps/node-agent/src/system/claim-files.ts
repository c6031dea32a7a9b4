/**
 * Numbers of which each has one owner on this machine (ranges of user ids, transit networks): one file a number, shared by all agents.
 * A file is linked into place whole: a claim without content would belong to nobody and never be freed.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A claim as anybody on the machine may read it. */
export type Claim<T> = T & { number: number; owner: string };

export interface ClaimFiles<T> {
  /** Everybody's. */
  all(): Promise<Claim<T>[]>;
  /** What this owner holds; also clears away what a claim of its own that was cut off has left. */
  list(): Promise<Claim<T>[]>;
  /** The first free number. @throws when none is. */
  claim(content: T): Promise<number>;
  release(number: number): Promise<void>;
  /** Whether any owner holds one. */
  anyLeft(): Promise<boolean>;
}

export interface ClaimFilesOptions<T> {
  directory: string;
  /** Files are `<kind>-<number>`. */
  kind: string;
  count: number;
  /** Whose claims these are: the agent's state directory. */
  owner: string;
  schema: z.ZodType<T>;
}

/** Builds them. */
export function createClaimFiles<T extends object>(options: ClaimFilesOptions<T>): ClaimFiles<T> {
  const { directory, kind, count, owner, schema } = options;
  const file = (number: number) => join(directory, `${kind}-${number}`);
  const draftPrefix = `.draft-${kind}-`;
  /** Drafts of claims that this process is making. */
  const drafts = new Set<string>();

  const names = () => readdir(directory).catch(() => []);
  const ownerOf = z.object({ owner: z.string() });

  const read = async (name: string) => parseJson(await readFile(join(directory, name), 'utf8').catch(() => ''));

  async function numbers(): Promise<number[]> {
    const form = new RegExp(`^${kind}-(\\d+)$`);
    return (await names()).flatMap((name) => form.exec(name)?.slice(1).map(Number) ?? []);
  }

  /** An agent that was killed in the middle of a claim has left its draft. */
  async function clearDrafts(): Promise<void> {
    for (const name of await names()) {
      if (!name.startsWith(draftPrefix) || drafts.has(name)) continue;
      if (ownerOf.safeParse(await read(name)).data?.owner === owner) await rm(join(directory, name), { force: true });
    }
  }

  async function all(): Promise<Claim<T>[]> {
    const found: Claim<T>[] = [];
    for (const number of await numbers()) {
      const content = await read(`${kind}-${number}`);
      const [whose, claim] = [ownerOf.safeParse(content), schema.safeParse(content)];
      if (whose.success && claim.success) found.push({ ...claim.data, number, owner: whose.data.owner });
    }
    return found;
  }

  return {
    all,
    async list() {
      await clearDrafts();
      return (await all()).filter((claim) => claim.owner === owner);
    },
    async claim(content) {
      await mkdir(directory, { recursive: true });
      const draft = `${draftPrefix}${randomUUID()}`;
      drafts.add(draft);
      try {
        await writeFile(join(directory, draft), JSON.stringify({ owner, ...content }), { mode: 0o600 });
        const taken = new Set(await numbers());
        for (let number = 0; number < count; number += 1) {
          if (!taken.has(number) && (await linkIfFree(join(directory, draft), file(number)))) return number;
        }
      } finally {
        await rm(join(directory, draft), { force: true });
        drafts.delete(draft);
      }
      throw new Error(`no ${kind} is free`);
    },
    async release(number) {
      await unlink(file(number)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
    anyLeft: async () => (await numbers()).length > 0,
  };
}

/** False when another agent was faster. */
async function linkIfFree(draft: string, target: string): Promise<boolean> {
  try {
    await link(draft, target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ranges of host user ids: one file a range, shared by all agents of the machine, so that no two nodes ever share an id. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NODE_ID_COUNT } from './node-rights.ts';
import type { NodeKey } from './runtime.ts';

/** First id handed out: far above the ranges that /etc/subuid gives to users (100,000 upwards, 65,536 each). */
const FIRST_ID = 0x1000_0000;
/** Ranges that exist; the last ends below 2^31, where some programs take ids for negative. */
export const ID_RANGE_COUNT = Math.floor((0x7000_0000 - FIRST_ID) / NODE_ID_COUNT);

const claimSchema = z.object({ owner: z.string(), sessionId: z.string(), name: z.string() });

export interface IdRanges {
  /** The node's range, claimed now if it has none; its first host id. */
  claim(key: NodeKey): Promise<number>;
  /** Frees the node's range. Only when no process and no file of the node is left. */
  release(key: NodeKey): Promise<void>;
  /** Nodes of this owner that hold a range. */
  list(): Promise<NodeKey[]>;
}

/** First host id of range `number`. */
export function rangeBase(number: number): number {
  return FIRST_ID + number * NODE_ID_COUNT;
}

/** Builds the ranges of `owner` (its state directory) in `directory`, which all agents of the machine share. */
export function createIdRanges(directory: string, owner: string): IdRanges {
  const file = (number: number) => join(directory, `uid-${number}`);

  async function numbers(): Promise<number[]> {
    const names = await readdir(directory).catch(() => []);
    return names.flatMap((name) => (/^uid-\d+$/.test(name) ? [Number(name.slice('uid-'.length))] : []));
  }

  async function claims(): Promise<(NodeKey & { number: number })[]> {
    const found: (NodeKey & { number: number })[] = [];
    for (const number of await numbers()) {
      const claim = claimSchema.safeParse(parseJson(await readFile(file(number), 'utf8').catch(() => '')));
      if (claim.success && claim.data.owner === owner) {
        found.push({ sessionId: claim.data.sessionId, name: claim.data.name, number });
      }
    }
    return found;
  }

  async function ownNumber(key: NodeKey): Promise<number | undefined> {
    const own = (await claims()).find((claim) => claim.sessionId === key.sessionId && claim.name === key.name);
    return own?.number;
  }

  return {
    async claim(key) {
      const own = await ownNumber(key);
      if (own !== undefined) return rangeBase(own);
      await mkdir(directory, { recursive: true });
      // Linked into place whole: a claim without content would belong to nobody and never be freed.
      const draft = join(directory, `.draft-${randomUUID()}`);
      await writeFile(draft, JSON.stringify({ owner, sessionId: key.sessionId, name: key.name }), { mode: 0o600 });
      try {
        const taken = new Set(await numbers());
        for (let number = 0; number < ID_RANGE_COUNT; number += 1) {
          if (!taken.has(number) && (await linkIfFree(draft, file(number)))) return rangeBase(number);
        }
      } finally {
        await rm(draft, { force: true });
      }
      throw new Error('no range of user ids is free');
    },
    async release(key) {
      const number = await ownNumber(key);
      if (number !== undefined) await unlink(file(number));
    },
    async list() {
      return (await claims()).map(({ sessionId, name }) => ({ sessionId, name }));
    },
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

/** Transit networks of this machine's sessions: one file a network, so that several agents on one host never share one. */
import { mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { TRANSIT_COUNT } from './addresses.ts';

const claimSchema = z.object({
  /** The agent's state directory: who may free this. */
  owner: z.string(),
  sessionId: z.string(),
  egress: z.enum(['internet', 'mirror-only', 'none']),
  /** What the session's MACs are derived from (addresses.ts); older claims: its id. */
  seed: z.string().optional(),
});
export type TransitClaim = z.infer<typeof claimSchema> & { seed: string; transit: number };

export interface TransitClaims {
  /** The claim of that session, made now if there is none. */
  claim(sessionId: string, egress: TransitClaim['egress'], seed?: string): Promise<TransitClaim>;
  /** All claims of this owner. */
  list(): Promise<TransitClaim[]>;
  /** Whether another owner on this machine holds a claim for that session. */
  isForeign(sessionId: string): Promise<boolean>;
  /** Whether any owner on this machine holds a claim. */
  anyLeft(): Promise<boolean>;
  release(transit: number): Promise<void>;
}

/** Builds the claims of `owner` in `directory`, which all agents of the machine share. */
export function createTransitClaims(directory: string, owner: string): TransitClaims {
  const file = (transit: number) => join(directory, `transit-${transit}`);

  async function numbers(): Promise<number[]> {
    const names = await readdir(directory).catch(() => []);
    return names.flatMap((name) => (/^transit-\d+$/.test(name) ? [Number(name.slice('transit-'.length))] : []));
  }

  async function all(): Promise<TransitClaim[]> {
    const claims: TransitClaim[] = [];
    for (const transit of await numbers()) {
      const text = await readFile(file(transit), 'utf8').catch(() => '');
      const parsed = claimSchema.safeParse(parseJson(text));
      if (parsed.success) claims.push({ ...parsed.data, seed: parsed.data.seed ?? parsed.data.sessionId, transit });
    }
    return claims;
  }

  const list = async () => (await all()).filter((claim) => claim.owner === owner);

  return {
    list,
    isForeign: async (sessionId) =>
      (await all()).some((claim) => claim.sessionId === sessionId && claim.owner !== owner),
    async anyLeft() {
      return (await numbers()).length > 0;
    },
    async claim(sessionId, egress, seed = sessionId) {
      const own = (await list()).find((claim) => claim.sessionId === sessionId);
      if (own) return own;
      await mkdir(directory, { recursive: true });
      const taken = new Set(await numbers());
      for (let transit = 0; transit < TRANSIT_COUNT; transit += 1) {
        if (taken.has(transit)) continue;
        try {
          await writeFile(file(transit), JSON.stringify({ owner, sessionId, egress, seed }), {
            flag: 'wx',
            mode: 0o600,
          });
          return { owner, sessionId, egress, seed, transit };
        } catch (error) {
          // Another agent was faster: the next number.
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
      }
      throw new Error('no transit network is free');
    },
    async release(transit) {
      await unlink(file(transit)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

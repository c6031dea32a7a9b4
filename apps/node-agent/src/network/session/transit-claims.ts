/** Transit networks of this machine's sessions: one claim a network, so that several agents on one host never share one. */
import { type SessionId, sessionIdSchema } from '@drydock/protocol';
import { z } from 'zod';
import { type Claim, createClaimFiles } from '../../system/claim-files.ts';
import { TRANSIT_COUNT } from '../addresses.ts';

const claimSchema = z.object({
  sessionId: sessionIdSchema,
  egress: z.enum(['internet', 'mirror-only', 'none']),
  /** What the session's MACs are derived from (addresses.ts); older claims: its id. */
  seed: z.string().optional(),
});
type StoredClaim = z.infer<typeof claimSchema>;
export type TransitClaim = StoredClaim & { seed: string; transit: number };

export interface TransitClaims {
  /** The claim of that session, made now if there is none. */
  claim(sessionId: SessionId, egress: TransitClaim['egress'], seed?: string): Promise<TransitClaim>;
  /** All claims of this owner. */
  list(): Promise<TransitClaim[]>;
  /** Whether another owner on this machine holds a claim for that session. */
  isForeign(sessionId: SessionId): Promise<boolean>;
  /** Whether any owner on this machine holds a claim. */
  anyLeft(): Promise<boolean>;
  release(transit: number): Promise<void>;
}

function transitOf({ sessionId, egress, seed = sessionId, number }: Claim<StoredClaim>): TransitClaim {
  return { sessionId, egress, seed, transit: number };
}

/** Builds the claims of `owner` (the agent's state directory) in `directory`, which all agents of the machine share. */
export function createTransitClaims(directory: string, owner: string): TransitClaims {
  const claims = createClaimFiles({ directory, kind: 'transit', count: TRANSIT_COUNT, owner, schema: claimSchema });
  const list = async () => (await claims.list()).map(transitOf);

  return {
    list,
    isForeign: async (sessionId) =>
      (await claims.all()).some((claim) => claim.sessionId === sessionId && claim.owner !== owner),
    anyLeft: claims.anyLeft,
    release: claims.release,
    async claim(sessionId, egress, seed = sessionId) {
      const own = (await list()).find((claim) => claim.sessionId === sessionId);
      return own ?? { sessionId, egress, seed, transit: await claims.claim({ sessionId, egress, seed }) };
    },
  };
}

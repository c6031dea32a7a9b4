/** Ranges of host user ids: one claim a range, shared by all agents of the machine, so that no two nodes ever share an id. */
import { z } from 'zod';
import { createClaimFiles } from '../../system/claim-files.ts';
import { NODE_ID_COUNT } from '../node-rights.ts';
import { type NodeKey, writtenKey } from '../runtime.ts';

/** First id handed out: far above the ranges that /etc/subuid gives to users (100,000 upwards, 65,536 each). */
const FIRST_ID = 0x1000_0000;
/** Ranges that exist; the last ends below 2^31, where some programs take ids for negative. */
export const ID_RANGE_COUNT = Math.floor((0x7000_0000 - FIRST_ID) / NODE_ID_COUNT);

const claimSchema = z.object({ sessionId: z.string(), name: z.string() });

export interface IdRanges {
  /** The node's range, claimed now if it has none; its first host id. */
  claim(key: NodeKey): Promise<number>;
  /** The first host id of the node's range, if it has one. */
  find(key: NodeKey): Promise<number | undefined>;
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
  const claims = createClaimFiles({ directory, kind: 'uid', count: ID_RANGE_COUNT, owner, schema: claimSchema });

  async function ownNumber(key: NodeKey): Promise<number | undefined> {
    const own = (await claims.list()).find((claim) => claim.sessionId === key.sessionId && claim.name === key.name);
    return own?.number;
  }

  return {
    async claim({ sessionId, name }) {
      return rangeBase((await ownNumber({ sessionId, name })) ?? (await claims.claim({ sessionId, name })));
    },
    async find(key) {
      const number = await ownNumber(key);
      return number === undefined ? undefined : rangeBase(number);
    },
    async release(key) {
      const number = await ownNumber(key);
      if (number !== undefined) await claims.release(number);
    },
    async list() {
      return (await claims.list()).map(({ sessionId, name }) => writtenKey(sessionId, name));
    },
  };
}

/**
 * The warm pool: nodes that are booted and frozen, and belong to nobody until a claim. Replaced in the background, one at a time;
 * whatever goes wrong with a member ends that member, and never a claim.
 */
import { createBackoff, type Logger, type Timer } from '@drydock/service-kit';
import { createDemand } from '../host/pool-size.ts';
import type { NodeHandle, NodeKey, NodeSpec } from '../runtime/runtime.ts';
import type { Tell } from './identity.ts';
import { adoptMember, bootMember, isMemberKey, type Member, type MemberDeps, newMemberKey } from './pool-member.ts';

/** Between two looks at members and at the size that there should be (ms). */
const LOOK_MS = 10_000;
/** After a claim, before its replacement boots (ms): the learner's first prompt has the processors first. */
const REPLACE_MS = 1500;
/** After a member that could not be made (ms): a host that cannot make nodes must not be kept busy with trying. */
const RETRY = { minMs: 2000, maxMs: 5 * 60_000 };
/** Members that a claim tries before it goes cold: one may have died, all of them only together with the host's health. */
const MOST_TRIES = 2;

/** A node that runs under the key that was claimed for it; it has no network and does not know its name. */
export interface Claimed {
  node: NodeHandle;
  tell: Tell;
}

export interface Pool {
  /** Gives away a member; undefined when there is none of that size. The claimer then makes a node, and is served as well. */
  claim(spec: NodeSpec): Promise<Claimed | undefined>;
  /** Members that could be claimed now. */
  size(): number;
  /** Once, before start: takes over members among these nodes, which an earlier agent left; returns those. */
  adopt(keys: readonly NodeKey[]): NodeKey[];
  start(): void;
  /** Ends all that happens in the background; members stay for the next agent. */
  close(): Promise<void>;
  /** Closes, and destroys every member. */
  destroyAll(): Promise<void>;
}

export interface PoolDeps extends MemberDeps {
  logger: Logger;
  /** How many members there should be, when there are so many and so many nodes were asked for lately. */
  wanted(members: number, demand: number): Promise<number>;
  /** The number of members has changed. */
  onSize?(): void;
  /** A member could not be removed, and is no longer the pool's. */
  onRemains?(key: NodeKey): void;
}

/** Builds a pool without members. */
export function createPool(deps: PoolDeps): Pool {
  const { runtime, clock, logger, limits, onSize = () => {} } = deps;
  const demand = createDemand(clock);
  const backoff = createBackoff(RETRY);
  const closing = new AbortController();
  const ready: Member[] = [];
  /** Members of an earlier agent, not yet looked at. */
  const found: NodeKey[] = [];
  /** Members that must be destroyed. */
  const waste: NodeKey[] = [];
  let timer: { at: number; handle: Timer } | undefined;
  let tending: Promise<void> | undefined;

  /** Looks after the pool in `ms`, or when that was to be done already. */
  function look(ms: number): void {
    const at = clock.now() + ms;
    if (closing.signal.aborted || (timer !== undefined && timer.at <= at)) return;
    timer?.handle.cancel();
    timer = { at, handle: clock.after(ms, run) };
  }

  function run(): void {
    timer = undefined;
    // A look that takes long is followed by another, not joined by one.
    if (tending !== undefined) return;
    tending = tend()
      .then(
        () => look(LOOK_MS),
        (err: unknown) => {
          const ms = backoff.next();
          if (!closing.signal.aborted) logger.warn({ err, ms }, 'no node for the pool; trying again later');
          look(ms);
        },
      )
      .finally(() => {
        tending = undefined;
      });
  }

  function discard(member: Member): void {
    member.given.abort();
    waste.push(member.key);
  }

  async function destroyWaste(): Promise<void> {
    for (const key of [...waste]) {
      await runtime.destroy(key).catch((err: unknown) => {
        // It must not keep the pool from filling: that others wait for it would be the worse for all.
        if (deps.onRemains === undefined) throw err;
        logger.error({ err, member: key.sessionId }, 'a node of the pool is not removed');
        deps.onRemains(key);
      });
      waste.splice(waste.indexOf(key), 1);
    }
  }

  /** Members that died, or are not what would be made today. */
  async function dropUnfit(): Promise<void> {
    for (const member of [...ready]) {
      const { state } = await runtime.probe(member.key);
      const fit = state === 'running' && (await runtime.fits(member.key, limits));
      const index = ready.indexOf(member);
      if (fit || index < 0) continue; // one that was claimed in the meantime is not ours to judge
      ready.splice(index, 1);
      logger.warn({ member: member.key.sessionId, state }, 'a node of the pool is replaced');
      discard(member);
      onSize();
    }
  }

  async function add(): Promise<void> {
    const key = found.shift();
    const own = key ?? newMemberKey();
    const started = performance.now();
    try {
      const member = await (key ? adoptMember : bootMember)(deps, own, closing.signal);
      ready.push(member);
    } catch (error) {
      // What an abort leaves is the next agent's, or goes with all others.
      waste.push(own);
      if (key === undefined || closing.signal.aborted) throw error;
      logger.info({ err: error, member: own.sessionId }, 'a node of the pool is not taken over');
      return;
    }
    backoff.reset();
    onSize();
    const ms = Math.round(performance.now() - started);
    logger.info(
      { member: own.sessionId, adopted: key !== undefined, ms, size: ready.length },
      'node added to the pool',
    );
  }

  async function tend(): Promise<void> {
    await dropUnfit();
    while (!closing.signal.aborted) {
      await destroyWaste();
      const wanted = await deps.wanted(ready.length, demand.most());
      if (ready.length < wanted) {
        await add();
      } else if (found.length > 0) {
        waste.push(found.shift() as NodeKey);
      } else if (ready.length > wanted) {
        discard(ready.shift() as Member);
        onSize();
      } else if (waste.length === 0) {
        return;
      }
    }
  }

  async function take(member: Member, spec: NodeSpec): Promise<Claimed | undefined> {
    try {
      await runtime.freeze(member.key, false);
      await runtime.rename(member.key, spec);
      return { node: member.node, tell: member.tell };
    } catch (err) {
      logger.warn({ err, member: member.key.sessionId }, 'a node of the pool could not be claimed');
      discard(member);
      return undefined;
    }
  }

  async function close(): Promise<void> {
    closing.abort();
    timer?.handle.cancel();
    await tending?.catch(() => undefined);
    for (const { given } of ready) given.abort();
  }

  return {
    async claim(spec) {
      demand.note();
      look(REPLACE_MS);
      if (spec.limits.memoryBytes !== limits.memoryBytes || spec.limits.diskBytes !== limits.diskBytes)
        return undefined;
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const member = ready.shift();
        if (member === undefined) return undefined;
        onSize();
        const claimed = await take(member, spec);
        if (claimed) return claimed;
      }
      return undefined;
    },
    size: () => ready.length,
    adopt(keys) {
      found.push(...keys.filter(isMemberKey));
      return [...found];
    },
    start: () => look(0),
    close,
    async destroyAll() {
      await close();
      for (const member of ready.splice(0)) discard(member);
      waste.push(...found.splice(0));
      const results = await Promise.allSettled(waste.splice(0).map((key) => runtime.destroy(key)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

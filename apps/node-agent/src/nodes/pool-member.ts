/** One node that belongs to nobody: booted until nothing but its identity is missing, then frozen. */
import { randomBytes } from 'node:crypto';
import { idLetters, type NodeLimits } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { NodeHandle, NodeKey, PoolId, Runtime } from '../runtime/runtime.ts';
import { awaitIdentity, type Tell } from './identity.ts';

/** Each member has a group of its own below ours: a session's share of the processors stays its own. */
const KEY_PREFIX = 'pool-' satisfies PoolId;
const KEY_NAME = 'spare';
/** Ends when the node's host keys are made and its sshd runs; they are made by what waits for the identity. */
const WAIT_FOR_SSH = ['/usr/lib/drydock/drydock-ctl', 'wait', 'ssh', '60'];
/** What daemons do right after they are up is done before they are frozen (ms). */
const SETTLE_MS = 500;

export interface Member {
  key: NodeKey;
  node: NodeHandle;
  tell: Tell;
  /** Ends what waits for the identity, when the member will never have one. */
  given: AbortController;
}

export interface MemberDeps {
  runtime: Runtime;
  clock: Clock;
  /** A claim may change what can be changed on a living node: processors and processes. */
  limits: NodeLimits;
  /** Resolves when the node's engine answers. */
  engineReady(node: NodeHandle, signal: AbortSignal): Promise<void>;
  /** What must be done to a node's network before anything runs in it. */
  prepareNetwork?(node: NodeHandle): Promise<void>;
}

/** A key that no node has. */
export function newMemberKey(): NodeKey {
  return { sessionId: `${KEY_PREFIX}${idLetters(randomBytes(8))}`, name: KEY_NAME };
}

/** Whether the key is one of the pool's. */
export function isMemberKey({ sessionId }: NodeKey): boolean {
  return sessionId.startsWith(KEY_PREFIX);
}

/** Makes the node of `key` and boots it. Rejects with remains left when that fails, or at the abort. */
export async function bootMember(deps: MemberDeps, key: NodeKey, signal: AbortSignal): Promise<Member> {
  const node = await deps.runtime.create({ ...key, limits: deps.limits });
  await deps.prepareNetwork?.(node);
  await deps.runtime.start(key);
  return readyMember(deps, { key, node }, signal);
}

/** Takes over a member of an earlier agent. Rejects when it is not what bootMember would make today. */
export async function adoptMember(deps: MemberDeps, key: NodeKey, signal: AbortSignal): Promise<Member> {
  const presence = await deps.runtime.probe(key);
  if (presence.state !== 'running') throw new Error(`its state is ${presence.state}`);
  if (!(await deps.runtime.fits(key, deps.limits))) throw new Error('it is of another image or size');
  await deps.runtime.freeze(key, false);
  return readyMember(deps, { key, node: presence.node }, signal);
}

async function readyMember(
  { runtime, clock, engineReady }: MemberDeps,
  { key, node }: { key: NodeKey; node: NodeHandle },
  signal: AbortSignal,
): Promise<Member> {
  const given = new AbortController();
  try {
    const tell = awaitIdentity(runtime, key, given.signal);
    const [engine, ssh] = await Promise.allSettled([
      engineReady(node, signal),
      runtime.exec(key, { command: WAIT_FOR_SSH, timeoutSeconds: 65, signal }),
    ]);
    for (const result of [engine, ssh]) if (result.status === 'rejected') throw result.reason;
    await new Promise<void>((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        timer.cancel();
        resolve();
      };
      const timer = clock.after(SETTLE_MS, done);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    });
    signal.throwIfAborted();
    await runtime.freeze(key, true);
    return { key, node, tell, given };
  } catch (error) {
    given.abort();
    throw error;
  }
}

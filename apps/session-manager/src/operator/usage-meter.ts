/** Processor use of sessions, from what hosts report of their nodes: now, in all, and node by node over the last minutes. */
import type { AgentNodeReport, SessionId } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { HostRegistry } from '../scheduling/host-registry.ts';

/** A report says how it was since the one before; one that comes later than this (ms) says nothing of the time between. */
const LONGEST_STEP_MS = 60_000;
const MINUTE_MS = 60_000;

/** One node's minutes: how long (ms) was reported of each, and how much of it the processors were used. */
interface Minute {
  at: number;
  ms: number;
  usedMs: number;
}

export interface UsageMeter {
  /** Processor time of a session since this manager heard of it (s). */
  cpuSeconds(sessionId: SessionId): number;
  /**
   * The share (0 to 1) of its own limit that a node has used over the last `minutes` whole minutes; undefined while less than
   * nine tenths of that time is known.
   */
  share(sessionId: SessionId, node: string): number | undefined;
  stop(): void;
}

/** Begins to measure; `minutes` is the length of the window. */
export function createUsageMeter(deps: {
  hosts: Pick<HostRegistry, 'onEvent'>;
  isOpen(sessionId: SessionId): boolean;
  clock: Clock;
  minutes: number;
}): UsageMeter {
  const { hosts, isOpen, clock, minutes } = deps;
  const seconds = new Map<string, number>();
  const nodes = new Map<string, { at: number; minutes: Minute[] }>();

  function forget(sessionId: SessionId): void {
    seconds.delete(sessionId);
    for (const key of nodes.keys()) if (key.startsWith(`${sessionId}/`)) nodes.delete(key);
  }

  function measure({ sessionId, name, usage, limits }: AgentNodeReport): void {
    if (usage === null || !isOpen(sessionId)) return;
    const now = clock.now();
    const key = `${sessionId}/${name}`;
    const known = nodes.get(key) ?? { at: now, minutes: [] };
    const ms = now - known.at;
    known.at = now;
    nodes.set(key, known);
    if (ms <= 0 || ms > LONGEST_STEP_MS) return;
    seconds.set(sessionId, (seconds.get(sessionId) ?? 0) + (ms / 1000) * usage.cpu * limits.cpus);
    const at = Math.floor(now / MINUTE_MS);
    const last = known.minutes.at(-1);
    if (last?.at === at) {
      last.ms += ms;
      last.usedMs += ms * usage.cpu;
    } else known.minutes.push({ at, ms, usedMs: ms * usage.cpu });
    while ((known.minutes[0]?.at ?? at) < at - minutes) known.minutes.shift();
  }

  const stop = hosts.onEvent((event) => {
    if (event.kind === 'node') measure(event.report);
    else if (event.kind === 'node-gone') {
      nodes.delete(`${event.sessionId}/${event.node}`);
      if (!isOpen(event.sessionId)) forget(event.sessionId);
    }
  });

  return {
    cpuSeconds: (sessionId) => seconds.get(sessionId) ?? 0,
    share(sessionId, node) {
      const last = nodes.get(`${sessionId}/${node}`)?.minutes ?? [];
      const ms = last.reduce((sum, minute) => sum + minute.ms, 0);
      if (ms < 0.9 * minutes * MINUTE_MS) return undefined;
      return last.reduce((sum, minute) => sum + minute.usedMs, 0) / ms;
    },
    stop,
  };
}

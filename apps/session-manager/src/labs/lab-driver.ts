/** Looks at the open step of one session: gathers facts, judges the leaves, and tells what changed. One manager does this for a session. */
import {
  advance,
  evaluate,
  explain,
  type Facts,
  type Leaf,
  type Light,
  leavesOf,
  lightOf,
  nextWake,
  type Step,
  type StepProgress,
  sentenceOf,
  type Verdict,
} from '@drydock/lab';
import type { LabLeaf, NodeProbe, ProbedFacts, WatchedFacts, WatchedTable } from '@drydock/protocol';
import { LAB_WATCH_MS } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';
import { isNews } from '../model/lab-record.ts';
import type { FactBoard } from './fact-board.ts';
import { planOf, type StepPlan } from './probe-plan.ts';
import { createProbeRunner } from './probe-runner.ts';

/** Several facts come together; one look at all of them (ms). */
const SETTLE_MS = 5;
/** Between two looks (ms): a node that changes without a pause costs twenty a second. */
const REST_MS = 50;
/** Watches are asked for again before they run out. */
const RENEW_MS = LAB_WATCH_MS / 3;
/** A sentence (characters), as the contract has it. */
const MAX_WHY = 2_000;

export interface LabDriver {
  /** Begins with a step, at the progress that was stored. */
  begin(step: Step, progress: StepProgress): void;
  /** A node's tables came. */
  setWatched(node: string, facts: WatchedFacts): void;
  /** Something happened in a node, or is known of it otherwise. */
  touch(node: string | undefined): void;
  /** Nodes came or went, or a host did: watches are asked for again. */
  nodesChanged(): void;
  /** The leaves of the step as they were last judged. */
  leaves(): readonly LabLeaf[];
  /** Whether all leaves that pass `counts` hold at the moment, and if not why the first one does not. */
  verdict(counts: (leaf: Leaf) => boolean): { holds: boolean; why?: string };
  stop(): void;
}

export interface LabDriverDeps {
  board: FactBoard;
  nodes: {
    /** Those of the session that run and whose hosts know labs. */
    askable(): readonly string[];
    watch(node: string, tables: readonly WatchedTable[]): void;
    ask(node: string, probes: NodeProbe[], timeoutMs: number): Promise<ProbedFacts>;
  };
  /** Variables of the lab, for its scripts. */
  env: Record<string, string>;
  /** Leaves that changed, with the compiler's keys. */
  onLeaves(step: string, leaves: readonly LabLeaf[]): void;
  /** The step's progress has news that must be kept. */
  onProgress(step: string, progress: StepProgress): void;
  clock: Clock;
}

interface Current {
  step: Step;
  progress: StepProgress;
  plan: StepPlan;
  leaves: Map<string, LabLeaf>;
  all: readonly Leaf[];
}

/** Builds it; nothing is looked at before `begin`. */
export function createLabDriver(deps: LabDriverDeps): LabDriver {
  const { board, nodes, clock } = deps;
  let current: Current | undefined;
  let facts: Facts = { nodes: {} };
  let timer: Timer | undefined;
  let wake: Timer | undefined;
  let renew: Timer | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const probes = createProbeRunner({
    nodes: nodes.askable,
    hold: (keys) => keys.every((key) => current?.leaves.get(key)?.light === 'on'),
    ask: nodes.ask,
    found(node, found) {
      board.addProbed(node, found);
      soon();
    },
    clock,
  });

  function soon(): void {
    if (timer !== undefined || current === undefined) return;
    const wait = Math.max(SETTLE_MS, lookedAt + REST_MS - clock.now());
    timer = clock.after(wait, () => {
      timer = undefined;
      look();
    });
  }

  function look(): void {
    if (current === undefined) return;
    const { step, progress } = current;
    const now = clock.now();
    lookedAt = now;
    facts = board.facts();
    const verdicts = evaluate(step.checks, facts);
    if (step.fail !== undefined) for (const [key, verdict] of evaluate(step.fail, facts)) verdicts.set(key, verdict);
    const next = advance(progress, step, verdicts, now);
    current.progress = next;
    const changed: LabLeaf[] = [];
    for (const leaf of current.all) {
      const seen = leafOf(leaf, verdicts.get(leaf.key), next, facts);
      if (same(current.leaves.get(leaf.key), seen)) continue;
      current.leaves.set(leaf.key, seen);
      changed.push(seen);
    }
    if (changed.length > 0) deps.onLeaves(step.id, changed);
    if (isNews(progress, next)) deps.onProgress(step.id, next);
    wake?.cancel();
    const at = nextWake(next, step.checks, now);
    wake = at === undefined ? undefined : clock.after(Math.max(1, at - now), look);
  }

  function watchAll(): void {
    renew?.cancel();
    if (current === undefined) return;
    for (const node of nodes.askable()) {
      const tables = [...tablesFor(current.plan, node)];
      if (tables.length > 0) nodes.watch(node, tables);
    }
    renew = clock.after(RENEW_MS, watchAll);
  }

  return {
    begin(step, progress) {
      board.forgetFound();
      const plan = planOf(step, deps.env);
      current = { step, progress, plan, leaves: new Map(), all: leavesOf(step.checks) };
      for (const leaf of current.all) current.leaves.set(leaf.key, { key: leaf.key, light: 'looking' });
      watchAll();
      probes.begin(plan.probes, progress.enteredAt);
      soon();
    },
    setWatched(node, found) {
      board.setWatched(node, found);
      probes.touch(node);
      soon();
    },
    touch(node) {
      if (node !== undefined) probes.touch(node);
      soon();
    },
    nodesChanged() {
      watchAll();
      soon();
    },
    leaves: () => [...(current?.leaves.values() ?? [])],
    verdict(counts) {
      if (current === undefined) return { holds: false };
      const { step, leaves, all } = current;
      const lightOfKey = (key: string): Light => {
        const light = leaves.get(key)?.light;
        return light === 'on' ? true : light === 'off' ? false : 'unknown';
      };
      if (lightOf(step.checks, (leaf) => (counts(leaf) ? lightOfKey(leaf.key) : true)) === true) return { holds: true };
      const first = all.find((leaf) => counts(leaf) && lightOfKey(leaf.key) !== true);
      return { holds: false, ...(first === undefined ? {} : { why: sentenceOf(explain(first, facts), first.say) }) };
    },
    stop() {
      current = undefined;
      probes.stop();
      timer?.cancel();
      wake?.cancel();
      renew?.cancel();
      timer = undefined;
      for (const node of nodes.askable()) nodes.watch(node, []);
    },
  };
}

function tablesFor({ tables }: StepPlan, node: string): Set<WatchedTable> {
  return new Set([...(tables.get(undefined) ?? []), ...(tables.get(node) ?? [])]);
}

function leafOf(leaf: Leaf, verdict: Verdict | undefined, progress: StepProgress, facts: Facts): LabLeaf {
  const light = verdict?.light ?? 'unknown';
  const known = progress.leaves[leaf.key];
  return {
    key: leaf.key,
    light: light === 'unknown' ? 'looking' : light ? 'on' : 'off',
    ...(known?.passedAt === undefined ? {} : { passedAt: known.passedAt }),
    ...(known?.already === true ? { already: true } : {}),
    ...(light === false ? { why: sentenceOf(explain(leaf, facts), leaf.say).slice(0, MAX_WHY) } : {}),
  };
}

function same(a: LabLeaf | undefined, b: LabLeaf): boolean {
  return (
    a !== undefined && a.light === b.light && a.passedAt === b.passedAt && a.already === b.already && a.why === b.why
  );
}

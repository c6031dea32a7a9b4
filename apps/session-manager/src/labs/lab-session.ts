/** One session's lab in one manager: its record, kept equal to the store; its view; and the driver while this manager drives. */
import { type Leaf, leavesOf, type Step, type StepProgress } from '@drydock/lab';
import { DrydockError, type LabLeaf, type LabView, type SessionId } from '@drydock/protocol';
import type { Timer } from '@drydock/service-kit';
import { changeStep, type LabRecord } from '../model/lab-record.ts';
import type { Tools } from '../model/tools.ts';
import type { ManagerPresence } from '../sessions/manager-presence.ts';
import type { LabStore } from '../store/labs/lab-store.ts';
import { createFactBoard, type FactBoard } from './fact-board.ts';
import type { BookLab, LabBook } from './lab-book.ts';
import { createLabDriver, type LabDriver } from './lab-driver.ts';
import { createLabMask, type LabMask, maskVersion } from './lab-mask.ts';
import { labView } from './lab-view.ts';
import type { NodeReach } from './node-reach.ts';

/** What a session's lab is now: how it stands, and the version of its text that it goes by. */
export interface LoadedLab {
  readonly record: LabRecord;
  readonly lab: BookLab;
  readonly mask: LabMask;
}

export interface LabSession {
  readonly id: SessionId;
  /** Reads the record (again). Undefined: the session has no lab, or its text is lost. @throws DrydockError STORE_UNAVAILABLE. */
  load(): Promise<LoadedLab | undefined>;
  /** What was read last. */
  loaded(): LoadedLab | undefined;
  /** The view for pages; null: no lab; undefined: not read yet. */
  view(): LabView | null | undefined;
  /**
   * Writes `change(record)`; a change that returns its argument writes nothing. `change` may run several times, and may throw.
   * @throws DrydockError LAB_STATE where there is no lab, STORE_UNAVAILABLE.
   */
  update(change: (record: LabRecord, lab: BookLab) => LabRecord, moved?: BookLab): Promise<LoadedLab>;
  /** Writes the first record. @throws DrydockError LAB_STATE where there is one. */
  create(record: LabRecord, lab: BookLab): Promise<LoadedLab>;
  /** Somebody looks, or works, as long as it is not given back. */
  hold(): () => void;
  isHeld(): boolean;
  /** Takes or leaves the drive as it must be now. */
  consider(): void;
  /** Makes this manager the driver, whoever drives; for work. */
  takeOver(): Promise<void>;
  /** Leaves that the driver elsewhere told. */
  heard(step: string, leaves: readonly LabLeaf[]): void;
  /** Tells all leaves to the other managers, where this one drives. */
  repeat(): void;
  /** Resolves when the open step's leaves hold, those that `counts` passes over left aside; with the reason when they do not in time. */
  waitFor(step: string, counts: (leaf: Leaf) => boolean, timeoutMs: number): Promise<string | undefined>;
  driver(): LabDriver | undefined;
  board(): FactBoard | undefined;
  stop(): void;
}

export interface LabSessionDeps {
  store: LabStore;
  book: LabBook;
  reach: NodeReach;
  secret: string;
  presence: Pick<ManagerPresence, 'instance' | 'isAlive'>;
  tell: {
    /** The record changed here: other managers read it, and pages of this one hear of it. */
    change(sessionId: SessionId, version: number): void;
    /** Leaves changed here: all pages of all managers hear of it. */
    leaves(sessionId: SessionId, step: string, leaves: readonly LabLeaf[]): void;
  };
  tools: Tools;
}

/** Attempts of one change against other writers; each failed one means that another succeeded. */
const MAX_WRITES = 16;
/** How long nobody may look before this manager stops to (ms): a page that is loaded again comes back within it. */
const LINGER_MS = 10_000;
/** Between two looks whether leaves hold (ms). */
const WAIT_STEP_MS = 20;

/** Builds it; nothing is read before `load`. */
export function createLabSession(id: SessionId, deps: LabSessionDeps): LabSession {
  const { store, book, reach, secret, tell } = deps;
  const { instance, isAlive } = deps.presence;
  const { clock, logger } = deps.tools;
  let loaded: LoadedLab | undefined;
  let isRead = false;
  let holds = 0;
  let linger: Timer | undefined;
  let stopped = false;
  let lights = new Map<string, LabLeaf>();
  let lightsOf: string | null = null;
  let driver: LabDriver | undefined;
  let board: FactBoard | undefined;
  /** What the driver looks at: another step, another beginning of it or another text begin anew. */
  let driven = '';
  let writing: Promise<unknown> = Promise.resolve();

  function accept(record: LabRecord, lab: BookLab): LoadedLab {
    const mask = loaded?.lab === lab ? loaded.mask : createLabMask(secret, lab.lab);
    if (lightsOf !== record.step || loaded?.record.digest !== record.digest) lights = new Map();
    lightsOf = record.step;
    loaded = { record, lab, mask };
    isRead = true;
    return loaded;
  }

  async function read(): Promise<LoadedLab | undefined> {
    const record = await store.get(id);
    if (record === undefined) {
      loaded = undefined;
      isRead = true;
      return undefined;
    }
    if (loaded !== undefined && loaded.record.version >= record.version) return loaded;
    const lab = await book.version(record.id, record.digest);
    if (lab === undefined) {
      logger.error({ sessionId: id, lab: record.id }, 'the text of a session’s lab is lost');
      isRead = true;
      return undefined;
    }
    return accept(record, lab);
  }

  /** One write after another. */
  function inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = writing.then(work, work);
    writing = next.catch(() => undefined);
    return next;
  }

  async function write(
    change: (record: LabRecord, lab: BookLab) => LabRecord,
    moved: BookLab | undefined,
  ): Promise<LoadedLab> {
    for (let attempt = 0; attempt < MAX_WRITES; attempt += 1) {
      const now = attempt === 0 ? (loaded ?? (await read())) : await read();
      if (now === undefined) throw new DrydockError('LAB_STATE', 'The session has no lab.');
      const next = change(now.record, now.lab);
      if (next === now.record) return now;
      const record = { ...next, version: now.record.version + 1 };
      if (!(await store.put(id, record))) continue;
      const made = accept(record, moved ?? now.lab);
      tell.change(id, record.version);
      consider();
      return made;
    }
    throw new DrydockError('STORE_UNAVAILABLE');
  }

  const isWanted = () => holds > 0 || linger !== undefined;
  const openStep = () => loaded?.lab.lab.steps.find((step) => step.id === loaded?.record.step);

  function consider(): void {
    if (stopped || loaded === undefined) return;
    const { record } = loaded;
    const step = openStep();
    if (!isWanted() || step === undefined) {
      stopDriving();
      if (record.driver === instance) claim(null);
      return;
    }
    if (record.driver === instance) {
      drive(step, loaded);
      return;
    }
    stopDriving();
    if (record.driver === null || !isAlive(record.driver)) claim(instance);
  }

  /** Of several managers that want to, one writes first; the others find it done. */
  function claim(next: string | null): void {
    const before = loaded?.record.driver ?? null;
    inOrder(() =>
      write((record) => (record.driver === before ? { ...record, driver: next } : record), undefined),
    ).catch((error: unknown) => logger.warn({ err: error, sessionId: id }, 'the drive of a lab was not taken'));
  }

  function drive(step: Step, { record, lab }: LoadedLab): void {
    const { progress } = record.steps[step.id] ?? {};
    if (progress === undefined) return;
    const key = JSON.stringify([step.id, progress.enteredAt, record.digest]);
    if (driver !== undefined && driven === key) return;
    board ??= createFactBoard({
      nodes: () => reach.reports(id),
      swarm: () => reach.swarm(id),
      answers: () => answersOf(loaded?.record),
    });
    driver ??= createLabDriver({
      board,
      nodes: {
        askable: () => reach.askable(id),
        watch: (node, tables) => reach.watch(id, node, tables),
        ask: (node, probes, timeoutMs) => reach.probe(id, node, probes, timeoutMs),
      },
      env: envOf(lab),
      onLeaves(stepId, leaves) {
        const masked = leaves.map((leaf) => ({ ...leaf, key: loaded?.mask.key(leaf.key) ?? leaf.key }));
        heard(stepId, masked);
        tell.leaves(id, stepId, masked);
      },
      onProgress: saveProgress,
      clock,
    });
    driven = key;
    driver.begin(step, progress);
  }

  function saveProgress(stepId: string, progress: StepProgress): void {
    inOrder(() =>
      write(
        (record) =>
          // The step was begun anew in the meantime, or somebody else drives.
          record.driver !== instance || record.steps[stepId]?.progress.enteredAt !== progress.enteredAt
            ? record
            : changeStep(record, stepId, (step) => ({ ...step, progress })),
        undefined,
      ),
    ).catch((error: unknown) => logger.warn({ err: error, sessionId: id }, 'progress of a lab was not kept yet'));
  }

  function stopDriving(): void {
    driver?.stop();
    driver = undefined;
    board = undefined;
    driven = '';
  }

  function heard(step: string, leaves: readonly LabLeaf[]): void {
    if (step !== lightsOf) return;
    for (const leaf of leaves) lights.set(leaf.key, leaf);
  }

  return {
    id,
    load: read,
    loaded: () => loaded,
    view() {
      if (loaded === undefined) return isRead ? null : undefined;
      const { record, lab, mask } = loaded;
      const newest = book.newest(record.id)?.lab.digest;
      const newer = newest === undefined || newest === record.digest ? null : maskVersion(secret, newest);
      return labView({ record, lab, mask, lights, newer, notHere: reach.notHere(id, lab.lab) });
    },
    update: (change, moved) => inOrder(() => write(change, moved)),
    create: (record, lab) =>
      inOrder(async () => {
        await book.keep(lab);
        const first = { ...record, version: 1 };
        if (!(await store.put(id, first))) throw new DrydockError('LAB_STATE', 'The session has a lab already.');
        const made = accept(first, lab);
        tell.change(id, 1);
        return made;
      }),
    hold() {
      linger?.cancel();
      linger = undefined;
      holds += 1;
      let isHeld = true;
      consider();
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holds -= 1;
        if (holds > 0 || stopped) return;
        linger = clock.after(LINGER_MS, () => {
          linger = undefined;
          consider();
        });
      };
    },
    isHeld: isWanted,
    consider,
    async takeOver() {
      await inOrder(() =>
        write((record) => (record.driver === instance ? record : { ...record, driver: instance }), undefined),
      );
    },
    heard,
    repeat() {
      if (driver !== undefined && lightsOf !== null) tell.leaves(id, lightsOf, [...lights.values()]);
    },
    async waitFor(step, counts, timeoutMs) {
      const until = clock.now() + timeoutMs;
      let why: string | undefined;
      while (clock.now() < until) {
        if (stopped) return 'This manager stops.';
        if (loaded?.record.step !== step) return 'Another step was opened meanwhile.';
        const verdict = driver?.verdict(counts);
        if (verdict?.holds === true) return undefined;
        why = verdict?.why ?? why;
        await new Promise<void>((resolve) => void clock.after(WAIT_STEP_MS, resolve));
      }
      return why ?? 'Its checks do not hold.';
    },
    driver: () => driver,
    board: () => board,
    stop() {
      stopped = true;
      linger?.cancel();
      linger = undefined;
      stopDriving();
    },
  };
}

/** Values of the lab's variables that are no questions. */
export function envOf({ lab }: BookLab): Record<string, string> {
  return Object.fromEntries(lab.env.flatMap((wish) => ('value' in wish ? [[wish.name, wish.value]] : [])));
}

function answersOf(record: LabRecord | undefined) {
  return Object.fromEntries(
    Object.entries(record?.answers ?? {}).map(([key, { text, wanted }]) => [
      key,
      { text, ...(wanted === undefined ? {} : { wanted }) },
    ]),
  );
}

/** Leaves that only a learner's own hands or words can make true. */
export const needsLearner = ({ subject }: Leaf): boolean =>
  subject.kind === 'ask' || subject.kind === 'ran' || subject.kind === 'env';

/** All leaves of some steps, by key. */
export function leafKeys(steps: readonly Step[]): Set<string> {
  return new Set(steps.flatMap(({ checks }) => leavesOf(checks).map(({ key }) => key)));
}

/** Labs in sessions: begun, followed and answered; one manager looks at a session's step, and all of them show it. */
import { evaluateLeaf, leavesOf, markQuiz, type Quiz, textOf } from '@drydock/lab';
import {
  DrydockError,
  type LabLeaf,
  type LabView,
  type SessionCallAnswer,
  type SessionChange,
  type SessionId,
  sessionIdSchema,
} from '@drydock/protocol';
import { z } from 'zod';
import type { SessionBus } from '../live/bus.ts';
import type { SessionFeed } from '../live/feed.ts';
import {
  type AnswerRecord,
  changeStep,
  type LabRecord,
  moveTo,
  newLabRecord,
  noteHint,
  openStep,
} from '../model/lab-record.ts';
import { requireThawed } from '../model/session.ts';
import type { Tools } from '../model/tools.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { ManagerPresence } from '../sessions/manager-presence.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { Store } from '../store/store.ts';
import type { BookLab, LabBook } from './lab-book.ts';
import { allBlocks } from './lab-mask.ts';
import { createLabSession, envOf, type LabSession, type LoadedLab } from './lab-session.ts';
import type { LabViews } from './lab-views.ts';
import type { LabWorkRunner } from './lab-work.ts';
import type { NodeReach } from './node-reach.ts';

export interface Labs {
  /** The lab of a session; null: none; undefined: not known yet, and told by a change. */
  view(sessionId: SessionId): LabView | null | undefined;
  /** A page looks at a session, until it is given back. */
  join(sessionId: SessionId): () => void;
  /** Begins a lab in a session; its nodes are made beside the caller. @throws DrydockError. */
  start(sessionId: SessionId, lab: BookLab): Promise<void>;
  /** How a session's lab stands. @throws DrydockError LAB_STATE where it has none. */
  require(sessionId: SessionId): Promise<LoadedLab>;
  openStep(sessionId: SessionId, step: string, skip: boolean): Promise<void>;
  begin(sessionId: SessionId, kind: 'skip' | 'solve' | 'afresh' | 'again', step: string | null): Promise<void>;
  update(sessionId: SessionId): Promise<void>;
  answer(
    sessionId: SessionId,
    key: string,
    given: { text?: string | undefined; chosen?: number[] | undefined },
  ): Promise<SessionCallAnswer<'lab:answer'>>;
  hint(sessionId: SessionId, key: string): Promise<void>;
  stop(): void;
}

export interface LabsDeps {
  store: Pick<Store, 'labs' | 'bus'>;
  directory: Pick<SessionDirectory, 'get' | 'update' | 'onChange'>;
  hosts: {
    registry: Pick<HostRegistry, 'onEvent'>;
    presence: Pick<ManagerPresence, 'instance' | 'isAlive' | 'onBeat'>;
  };
  parts: { book: LabBook; reach: NodeReach; work: LabWorkRunner; views: LabViews };
  live: { feed: Pick<SessionFeed, 'publish'>; bus: Pick<SessionBus, 'publish' | 'onOthers'> };
  secret: string;
  tools: Tools;
}

/** Managers tell one another that a record changed, or ask whoever drives for all leaves. The bus of changes passes over these. */
const noteSchema = z.object({
  lab: z.object({
    from: z.string(),
    sessionId: sessionIdSchema,
    version: z.number().optional(),
    ask: z.boolean().optional(),
  }),
});
export const LAB_NOTE_START = '{"lab":';

/** Builds it and begins to listen. */
export function createLabs(deps: LabsDeps): Labs {
  const { store, directory, secret, tools } = deps;
  const { registry, presence } = deps.hosts;
  const { book, reach, work, views } = deps.parts;
  const { feed, bus } = deps.live;
  const { clock, logger } = tools;
  const { instance } = presence;
  const sessions = new Map<SessionId, LabSession>();
  /** What was last known of nodes, so that reports of usage move nothing. */
  const seen = new Map<string, string>();

  const note = (sessionId: SessionId, fields: { version?: number; ask?: boolean }) =>
    store.bus.publish(JSON.stringify({ lab: { from: instance, sessionId, ...fields } }));

  function sessionOf(sessionId: SessionId): LabSession {
    const known = sessions.get(sessionId);
    if (known !== undefined) return known;
    const made = createLabSession(sessionId, {
      store: store.labs,
      book,
      reach,
      secret,
      presence,
      tell: {
        change(id, version) {
          note(id, { version });
          publish(id);
        },
        leaves: (id, step, leaves: readonly LabLeaf[]) =>
          bus.publish(id, { kind: 'lab-leaves', step, leaves: [...leaves] }),
      },
      tools,
    });
    sessions.set(sessionId, made);
    views.follow(made);
    return made;
  }

  function publish(sessionId: SessionId): void {
    const lab = sessions.get(sessionId)?.view();
    if (lab !== undefined) feed.publish(sessionId, { kind: 'lab', lab });
  }

  function drop(sessionId: SessionId): void {
    sessions.get(sessionId)?.stop();
    sessions.delete(sessionId);
    views.drop(sessionId);
  }

  /** Reads a session's record, tells its pages, and sees whether this manager should drive or work. */
  async function refresh(session: LabSession): Promise<void> {
    const before = session.loaded()?.record.version;
    const loaded = await session.load();
    if (sessions.get(session.id) !== session) return;
    if (loaded !== undefined && loaded.record.version !== before) publish(session.id);
    session.consider();
    if (session.isHeld()) work.resume(session);
    if (loaded !== undefined && loaded.record.driver !== instance) note(session.id, { ask: true });
  }

  const later = (session: LabSession) =>
    void refresh(session).catch((error: unknown) =>
      logger.warn({ err: error, sessionId: session.id }, 'a session’s lab could not be read'),
    );

  const stopNotes = store.bus.subscribe((text) => {
    if (!text.startsWith(LAB_NOTE_START)) return;
    const data = noteOf(text);
    const session = data === undefined ? undefined : sessions.get(data.lab.sessionId);
    if (data === undefined || session === undefined || data.lab.from === instance) return;
    if (data.lab.ask === true) session.repeat();
    if (data.lab.version !== undefined && data.lab.version > (session.loaded()?.record.version ?? 0)) later(session);
  });

  bus.onOthers((_from, sessionId, change: SessionChange) => {
    if (change.kind === 'lab-leaves') sessions.get(sessionId)?.heard(change.step, change.leaves);
  });

  presence.onBeat(() => {
    for (const session of sessions.values()) {
      if (!session.isHeld()) continue;
      session.consider();
      work.resume(session);
    }
  });

  const stopHosts = registry.onEvent((event) => {
    switch (event.kind) {
      case 'lab':
        sessions.get(event.sessionId)?.driver()?.setWatched(event.node, event.facts);
        return;
      case 'node': {
        const { sessionId, name, state, dockerReady, swarm, ports } = event.report;
        const driver = sessions.get(sessionId)?.driver();
        if (driver === undefined) return;
        const key = `${sessionId}/${name}`;
        const now = JSON.stringify([state, dockerReady, swarm, ports]);
        if (seen.get(key) === now) return;
        const isFirst = !seen.has(key);
        seen.set(key, now);
        if (isFirst) driver.nodesChanged();
        else driver.touch(name);
        return;
      }
      case 'ports':
        sessions.get(event.sessionId)?.driver()?.touch(event.node);
        return;
      case 'event':
        sessions.get(event.sessionId)?.driver()?.touch(event.event.node);
        return;
      case 'swarm':
        sessions.get(event.sessionId)?.driver()?.touch(undefined);
        return;
      case 'node-gone':
        seen.delete(`${event.sessionId}/${event.node}`);
        sessions.get(event.sessionId)?.board()?.forget(event.node);
        sessions.get(event.sessionId)?.driver()?.touch(undefined);
        return;
      case 'connected':
      case 'lost':
        for (const session of sessions.values()) session.driver()?.nodesChanged();
        return;
      case 'terminal':
      case 'capacity':
      case 'floor':
      case 'refusals':
      case 'traffic':
        return;
    }
  });

  directory.onChange(({ previous, next }) => {
    if (next.state === 'closed' && next.lab !== undefined) {
      store.labs.remove(next.id).catch((error: unknown) => logger.warn({ err: error }, 'a lab was not forgotten yet'));
    }
    if (next.state !== 'active') return drop(next.id);
    const session = sessions.get(next.id);
    if (session === undefined) return;
    if (previous?.lab !== next.lab) later(session);
    if (previous?.nodes !== next.nodes) session.driver()?.nodesChanged();
  });

  async function loadedOf(sessionId: SessionId): Promise<{ session: LabSession; loaded: LoadedLab }> {
    const session = sessionOf(sessionId);
    const loaded = session.loaded() ?? (await session.load());
    if (loaded === undefined) throw new DrydockError('LAB_STATE', 'The session has no lab.');
    return { session, loaded };
  }

  /** For what needs nodes that do something. */
  async function workable(sessionId: SessionId): Promise<{ session: LabSession; loaded: LoadedLab }> {
    const record = directory.get(sessionId);
    if (record !== undefined) requireThawed(record);
    return loadedOf(sessionId);
  }

  async function judged(session: LabSession, loaded: LoadedLab, own: string, text: string): Promise<AnswerRecord> {
    const leaf = loaded.lab.lab.steps.flatMap(({ checks }) => leavesOf(checks)).find(({ key }) => key === own);
    if (leaf === undefined || leaf.subject.kind !== 'ask') throw new DrydockError('NOT_FOUND');
    const wanted = leaf.subject.equalsRun === undefined ? undefined : await wantedOf(session, loaded, own);
    const fact = { text, ...(wanted === undefined ? {} : { wanted }) };
    const { light } = evaluateLeaf(leaf, { nodes: {}, answers: { [own]: fact } });
    return { ...fact, right: light === true, at: clock.now() };
  }

  /** What the node gives as the answer at this time. */
  async function wantedOf(session: LabSession, { lab }: LoadedLab, own: string): Promise<string | undefined> {
    const leaf = lab.lab.steps.flatMap(({ checks }) => leavesOf(checks)).find(({ key }) => key === own);
    if (leaf?.subject.kind !== 'ask' || leaf.subject.equalsRun === undefined) return undefined;
    const node = leaf.at ?? lab.lab.nodes[0]?.name ?? reach.askable(session.id)[0];
    if (node === undefined) throw new DrydockError('NODE_NOT_READY');
    const script = leaf.subject.equalsRun;
    const probe = { kind: 'run', key: 'answer', script, timeoutMs: ANSWER_MS, env: envOf(lab) } as const;
    const { runs } = await reach.probe(session.id, node, [probe], ANSWER_MS * 2);
    return runs?.answer?.output.trim();
  }

  return {
    view: views.get,
    join(sessionId) {
      const session = sessionOf(sessionId);
      const leave = session.hold();
      if (directory.get(sessionId)?.lab !== undefined) later(session);
      return leave;
    },
    async start(sessionId, lab) {
      const session = sessionOf(sessionId);
      const now = clock.now();
      const first: LabRecord = {
        ...newLabRecord(lab.lab, lab.id, now),
        work: { kind: 'start', step: null, driver: instance, text: 'Beginning', done: 0, total: 0 },
      };
      await session.create(first, lab);
      await directory.update(sessionId, (record) => (record.lab === lab.id ? record : { ...record, lab: lab.id }));
      void work.carryOut(session, { kind: 'start', step: null });
    },
    require: async (sessionId) => (await loadedOf(sessionId)).loaded,
    async openStep(sessionId, stepId, skip) {
      const { session, loaded } = await workable(sessionId);
      const { steps, order } = loaded.lab.lab;
      const at = steps.findIndex(({ id }) => id === stepId);
      const step = steps[at];
      if (step === undefined) throw new DrydockError('LAB_STATE', 'The lab has no such step.');
      const isFirst = loaded.record.steps[stepId]?.hash !== step.hash;
      const mayOpen = (record: LabRecord) => {
        const left = leaveStep(record, steps, clock.now());
        const open = steps.slice(0, at).filter(({ id }) => left.steps[id]?.progress.doneAt === undefined);
        if (order === 'gate' && open.length > 0 && !skip)
          throw new DrydockError('LAB_STATE', `"${open[0]?.title}" comes first.`, { step: open[0]?.id });
        return skip ? open.reduce((all, { id }) => passOver(all, id, steps, clock.now()), left) : left;
      };
      if (isFirst && (step.setup.length > 0 || step.breaks.length > 0)) {
        await session.update(mayOpen);
        await work.begin(session, 'start', stepId);
      } else await session.update((record) => openStep(mayOpen(record), step, clock.now()));
    },
    async begin(sessionId, kind, step) {
      const { session, loaded } = await workable(sessionId);
      if (kind === 'solve' && loaded.record.step !== step)
        throw new DrydockError('LAB_STATE', 'Only the step that is open can be solved.');
      await work.begin(session, kind, step);
    },
    async update(sessionId) {
      const { session, loaded } = await workable(sessionId);
      const newest = await book.find(loaded.record.id);
      if (newest.lab.digest === loaded.record.digest) return;
      await book.keep(newest);
      await session.update((record) => moveTo(record, newest.lab), newest);
    },
    async answer(sessionId, key, { text, chosen }) {
      const { session, loaded } = await workable(sessionId);
      const { lab, mask } = loaded;
      const quiz = lab.lab.steps
        .flatMap(({ blocks }) => allBlocks(blocks))
        .find((block): block is Quiz => block.kind === 'quiz' && mask.key(block.key) === key);
      if (quiz !== undefined) {
        const mark = markQuiz(quiz, chosen ?? []);
        await session.update((record) => withQuiz(record, lab, quiz.key, mark.right, clock.now()));
        return {
          right: mark.right,
          why: mark.why.map(({ item, nodes }) => ({ item, text: textOf(nodes).slice(0, 4_000) })),
        };
      }
      const own = lab.lab.steps
        .flatMap(({ checks }) => leavesOf(checks))
        .find((leaf) => leaf.subject.kind === 'ask' && mask.key(leaf.key) === key)?.key;
      if (own === undefined || text === undefined) throw new DrydockError('NOT_FOUND');
      const answer = await judged(session, loaded, own, text);
      await session.update((record) => ({ ...record, answers: { ...record.answers, [own]: answer } }));
      session.driver()?.touch(undefined);
      return { right: answer.right, why: [] };
    },
    async hint(sessionId, key) {
      const { session, loaded } = await loadedOf(sessionId);
      for (const { id, blocks } of loaded.lab.lab.steps) {
        const found = allBlocks(blocks).find(
          (block) => (block.kind === 'hint' || block.kind === 'solution') && loaded.mask.key(block.key) === key,
        );
        if (found !== undefined && 'key' in found)
          return void (await session.update((record) => noteHint(record, id, found.key)));
      }
      throw new DrydockError('NOT_FOUND');
    },
    stop() {
      stopNotes();
      stopHosts();
      for (const sessionId of [...sessions.keys()]) drop(sessionId);
    },
  };
}

/** A note; undefined for what is none. */
function noteOf(text: string): z.output<typeof noteSchema> | undefined {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The time of a command that computes an answer (ms). */
const ANSWER_MS = 10_000;

type Steps = BookLab['lab']['steps'];

/** A step in which there is nothing to check is done when it is left. */
function leaveStep(record: LabRecord, steps: Steps, now: number): LabRecord {
  const open = steps.find(({ id }) => id === record.step);
  if (open === undefined || open.checks.of.length > 0 || quizzesOf(open).length > 0) return record;
  return doneStep(record, open.id, now);
}

function doneStep(record: LabRecord, id: string, now: number): LabRecord {
  return changeStep(record, id, (step) =>
    step.progress.doneAt !== undefined ? step : { ...step, progress: { ...step.progress, doneAt: now } },
  );
}

function passOver(record: LabRecord, id: string, steps: Steps, now: number): LabRecord {
  const step = steps.find((one) => one.id === id);
  if (step === undefined) return record;
  const known = record.steps[id] ?? { hash: step.hash, progress: { enteredAt: now, leaves: {} }, hints: [] };
  return { ...record, steps: { ...record.steps, [id]: { ...known, skipped: true } } };
}

const quizzesOf = ({ blocks }: Steps[number]): Quiz[] =>
  allBlocks(blocks).filter((block): block is Quiz => block.kind === 'quiz');

/** Marks a quiz; a step that has quizzes and no checks is done with its last right one. */
function withQuiz(record: LabRecord, { lab }: BookLab, key: string, right: boolean, now: number): LabRecord {
  const marked = { ...record, quizzes: { ...record.quizzes, [key]: { right, at: now } } };
  const step = lab.steps.find((one) => quizzesOf(one).some((quiz) => quiz.key === key));
  if (step === undefined || step.checks.of.length > 0) return marked;
  const isDone = quizzesOf(step).every((quiz) => marked.quizzes[quiz.key]?.right === true);
  return isDone ? doneStep(marked, step.id, now) : marked;
}

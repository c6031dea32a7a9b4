/**
 * What takes a while in a lab: nodes made, files put there, scripts run, steps solved and looked at. Written down while it is done, so that another
 * manager goes on where this one dies: from the beginning, on fresh nodes.
 */
import type { Step } from '@drydock/lab';
import { DrydockError, type LabWork, type SessionId, toDrydockError } from '@drydock/protocol';
import { changeStep, forgetSteps, openStep, type WorkRecord } from '../model/lab-record.ts';
import type { Tools } from '../model/tools.ts';
import type { NodeService } from '../nodes/node-service.ts';
import type { ManagerPresence } from '../sessions/manager-presence.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { TemplateRunner } from '../templates/template-runner.ts';
import type { TemplateBook } from '../templates/templates.ts';
import type { BookLab } from './lab-book.ts';
import { envOf, type LabSession, leafKeys, needsLearner } from './lab-session.ts';
import { createNodeHands, type NodeHands, unsolvable } from './node-hands.ts';
import type { NodeReach } from './node-reach.ts';
import { PROFILE_PATH, shellProfile } from './shell-notes.ts';

/** How long a step's checks may take to hold after its solution ran (ms): tasks of a service start. */
const VERIFY_MS = 60_000;
/** Words of a failure that are kept. */
const MAX_FAILED = 4_000;

export type WorkKind = LabWork['kind'];

export interface LabWorkRunner {
  /**
   * Takes a piece of work on and carries it out beside the caller. @throws DrydockError LAB_STATE while another is under way,
   * LAB_NOT_SOLVABLE, STORE_UNAVAILABLE.
   */
  begin(session: LabSession, kind: WorkKind, step: string | null): Promise<void>;
  /** Makes what a new lab needs; the nodes must be reserved or be there. */
  carryOut(session: LabSession, work: Pick<LabWork, 'kind' | 'step'>): Promise<void>;
  /** Goes on with what a manager that is dead was doing. */
  resume(session: LabSession): void;
}

export interface LabWorkDeps {
  nodes: Pick<NodeService, 'reserve' | 'build' | 'remove'>;
  directory: Pick<SessionDirectory, 'get'>;
  templates: { book: TemplateBook; runner: Pick<TemplateRunner, 'carryOut'> };
  dockerReady(sessionId: SessionId, node: string): Promise<void>;
  reach: NodeReach;
  presence: Pick<ManagerPresence, 'instance' | 'isAlive'>;
  tools: Tools;
}

type Tell = (text: string) => Promise<void>;

/** Builds it. */
export function createLabWork(deps: LabWorkDeps): LabWorkRunner {
  const { nodes, directory, templates, dockerReady, reach } = deps;
  const { instance, isAlive } = deps.presence;
  const { clock, logger } = deps.tools;

  const isBusy = (work: WorkRecord | null) => work !== null && work.failed === undefined && isAlive(work.driver);

  function emptyWork(kind: WorkKind, step: string | null): WorkRecord {
    return { kind, step, driver: instance, text: 'Beginning', done: 0, total: 0 };
  }

  async function begin(session: LabSession, kind: WorkKind, step: string | null): Promise<void> {
    await session.update((record, { lab }) => {
      if (isBusy(record.work)) throw new DrydockError('LAB_STATE', 'Something is under way already.');
      demandSolvable(lab.steps, kind, step, unsolvable(lab, before(lab.steps, kind, step)));
      const cleared =
        kind === 'again' || kind === 'skip'
          ? forgetSteps(record, lab.steps, leafKeys(lab.steps))
          : kind === 'afresh'
            ? forgetOne(record, lab.steps, step)
            : record;
      return { ...cleared, work: emptyWork(kind, step) };
    });
    void carryOut(session, { kind, step });
  }

  async function carryOut(session: LabSession, { kind, step }: Pick<LabWork, 'kind' | 'step'>): Promise<void> {
    const letGo = session.hold();
    let done = 0;
    let total = 1;
    const tell: Tell = async (text) => {
      done += 1;
      await session.update((record) =>
        record.work?.driver === instance
          ? { ...record, work: { ...record.work, text: text.slice(0, 300), done, total: Math.max(done, total) } }
          : record,
      );
    };
    try {
      const loaded = session.loaded() ?? (await session.load());
      if (loaded === undefined) throw new DrydockError('LAB_STATE', 'The session has no lab.');
      const { lab } = loaded;
      const steps = lab.lab.steps;
      const hands = createNodeHands(reach, session.id, lab);
      const solved = steps.slice(0, before(steps, kind, step));
      total = 4 + solved.length * 2;
      if (kind !== 'solve' && !(kind === 'start' && step !== null)) {
        await makeNodes(session.id, lab, kind !== 'start', tell);
        await prepare(session.id, lab, hands, tell);
      }
      for (const each of solved) await solveStep(session, each, hands, tell, kind !== 'afresh');
      const target = steps.find(({ id }) => id === step);
      if (target !== undefined && kind === 'solve') await solveStep(session, target, hands, tell, true, false);
      else if (target !== undefined) await enter(session, target, hands, tell);
      await session.update((record) => (record.work?.driver === instance ? { ...record, work: null } : record));
      logger.info({ sessionId: session.id, lab: lab.id, work: kind, step }, 'work of a lab done');
    } catch (thrown) {
      const error = toDrydockError(thrown);
      logger.warn({ sessionId: session.id, work: kind, step, err: thrown }, 'work of a lab failed');
      await session
        .update((record) =>
          record.work?.driver === instance
            ? { ...record, work: { ...record.work, failed: error.message.slice(0, MAX_FAILED) } }
            : record,
        )
        .catch((err: unknown) => logger.warn({ err, sessionId: session.id }, 'its failure was not written down'));
    } finally {
      letGo();
    }
  }

  /** Nodes of the lab: those that are there stay, unless all are to be fresh. */
  async function makeNodes(sessionId: SessionId, { lab }: BookLab, fresh: boolean, tell: Tell): Promise<void> {
    const template = lab.template === undefined ? undefined : templates.book.require(lab.template);
    const names = template?.nodes ?? lab.nodes.map(({ name }) => name);
    const there = () => (directory.get(sessionId)?.nodes ?? []).filter(({ name }) => names.includes(name));
    if (fresh && there().length > 0) {
      await tell('Taking the nodes back');
      await Promise.all(there().map(({ name }) => nodes.remove(sessionId, name)));
    }
    await tell(names.length === 1 ? 'Making a node' : `Making ${names.length} nodes`);
    if (template !== undefined) {
      if (there().length === 0) await templates.runner.carryOut(sessionId, template);
      return;
    }
    const known = new Map(there().map(({ name, state }) => [name, state] as const));
    const missing = names.filter((name) => !known.has(name));
    if (missing.length > 0) await nodes.reserve(sessionId, missing);
    // Those that were reserved for this lab and not made yet, too.
    const toBuild = names.filter((name) => !known.has(name) || known.get(name) === 'creating');
    const made = await Promise.allSettled(toBuild.map((name) => nodes.build(sessionId, name)));
    for (const result of made) if (result.status === 'rejected') throw result.reason;
    await Promise.all(names.map((name) => dockerReady(sessionId, name)));
  }

  async function prepare(sessionId: SessionId, entry: BookLab, hands: NodeHands, tell: Tell): Promise<void> {
    const { lab, bundle } = entry;
    const names = reach.reports(sessionId).map(({ name }) => name);
    await tell('Preparing the nodes');
    const profile = Buffer.from(shellProfile(envOf(entry)));
    await Promise.all(names.map((name) => hands.putFile(name, PROFILE_PATH, profile)));
    for (const file of lab.files) {
      const source = 'from' in file ? bundle.files.get(file.from) : { bytes: Buffer.from(file.text) };
      if (source === undefined) continue;
      for (const node of file.node === undefined ? names : [file.node])
        await hands.putFile(node, file.path, source.bytes, file.executable === true);
    }
    hands.pull(lab.images);
    await hands.run(lab.setup, 'The setup of the lab');
  }

  /** Opens a step, solves it and looks whether its checks hold. `anew`: what it had reached before counts for nothing. */
  async function solveStep(
    session: LabSession,
    step: Step,
    hands: NodeHands,
    tell: Tell,
    marks: boolean,
    prepares = true,
  ): Promise<void> {
    await tell(`Solving "${step.title}"`);
    if (prepares) await enter(session, step, hands, undefined);
    await session.takeOver();
    await hands.solve(step);
    await tell(`Looking at "${step.title}"`);
    if (step.checks.of.length > 0) {
      const why = await session.waitFor(step.id, (leaf) => !needsLearner(leaf), VERIFY_MS);
      if (why !== undefined)
        throw new DrydockError('LAB_STATE', `"${step.title}" was solved, but its checks do not hold: ${why}`);
    }
    if (!marks) return;
    const now = clock.now();
    await session.update((record) =>
      changeStep(record, step.id, (known) => ({
        ...known,
        solved: true,
        progress: { ...known.progress, doneAt: known.progress.doneAt ?? now },
      })),
    );
  }

  async function enter(session: LabSession, step: Step, hands: NodeHands, tell: Tell | undefined): Promise<void> {
    await tell?.(`Preparing "${step.title}"`);
    const what = `The preparation of "${step.title}"`;
    await hands.run(step.setup, what);
    await hands.run(step.breaks, what);
    await session.update((record) => openStep(record, step, clock.now()));
  }

  return {
    begin,
    carryOut,
    resume(session) {
      const work = session.loaded()?.record.work;
      if (work == null || work.failed !== undefined || isAlive(work.driver)) return;
      session
        .update((record) =>
          record.work !== null && record.work.driver === work.driver
            ? { ...record, work: { ...record.work, driver: instance } }
            : record,
        )
        .then(({ record }) => {
          if (record.work?.driver !== instance) return undefined;
          logger.info({ sessionId: session.id, work: work.kind }, 'work of a lab is taken over');
          return carryOut(session, work);
        })
        .catch((error: unknown) => logger.warn({ err: error, sessionId: session.id }, 'work was not taken over'));
    },
  };
}

/** How many steps are solved before the work's own. */
function before(steps: readonly Step[], kind: WorkKind, step: string | null): number {
  if (kind !== 'skip' && kind !== 'afresh') return 0;
  return Math.max(
    0,
    steps.findIndex(({ id }) => id === step),
  );
}

function demandSolvable(steps: readonly Step[], kind: WorkKind, id: string | null, unsolved: Step | undefined): void {
  const step = steps.find((one) => one.id === id);
  if (id !== null && step === undefined) throw new DrydockError('LAB_STATE', 'The lab has no such step.');
  const missing = kind === 'solve' && step?.solve === null ? step : unsolved;
  if (missing === undefined) return;
  throw new DrydockError('LAB_NOT_SOLVABLE', `The step "${missing.title}" has no solution that could be run.`, {
    step: missing.id,
  });
}

function forgetOne(record: Parameters<typeof forgetSteps>[0], steps: readonly Step[], id: string | null) {
  const one = steps.filter((step) => step.id === id);
  return forgetSteps(record, one, leafKeys(one));
}

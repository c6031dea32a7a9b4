/** One lab against real nodes: red before, green after its blocks, green by its solutions alone, each mistake with its sentence. */
import type { Lab, Step } from '@drydock/lab';
import { createLabSession, type LabSession } from '../place/session.ts';
import { answerAll } from './answers.ts';
import { completeBefore, openStep, waitForGreen, waitForSentence } from './lights.ts';
import { createTypist } from './typing.ts';

/** A part of a lab's test; `problems` empty where it passed. */
export type Case = { step: string; name: string; problems: string[]; ms: number };
/** `id`: what the place calls the lab. `patienceMs`: how long a step may take to become green after everything is done. */
export type TestJob = { origin: string; id: string; lab: Lab; patienceMs: number; tell: (found: Case) => void };

type Add = (step: string, name: string, work: () => Promise<string[]>) => Promise<boolean>;
type Part = { session: LabSession; job: TestJob; add: Add };

/** Runs all parts in one session; what cannot go on (a solution that fails) ends its part and is told once. @throws Failure of the place. */
export async function testLab(job: TestJob): Promise<Case[]> {
  const cases: Case[] = [];
  const add: Add = async (step, name, work) => {
    const started = Date.now();
    const problems = await work();
    const found = { step, name, problems, ms: Date.now() - started };
    cases.push(found);
    job.tell(found);
    return problems.length === 0;
  };
  const nodes = job.lab.template === undefined ? job.lab.nodes.map(({ name }) => name) : [];
  const session = await createLabSession(job.origin, { lab: job.id, nodes });
  try {
    if (await add('', 'setup', () => session.workDone())) {
      const part = { session, job, add };
      await walk(part);
      await solveAlone(part);
      await tryMistakes(part);
    }
  } finally {
    await session.end();
  }
  return cases;
}

/** As a reader: each step's blocks in real terminals. */
async function walk({ session, job: { lab, patienceMs }, add }: Part): Promise<void> {
  const typist = createTypist(session);
  try {
    for (const step of lab.steps) {
      const isReady = await add(step.id, 'red before', async () => {
        const problems = await openStep(session, step);
        if (problems.length > 0) return problems;
        return (await completeBefore(session, step)).map((title) => `It holds before anything is done: ${title}`);
      });
      const isGreen = await add(step.id, 'green after its blocks', async () => {
        const isByBlocks = step.blocks.some(({ kind }) => kind === 'run' || kind === 'file');
        const problems = isByBlocks ? await typist.do(step.blocks) : await solve(session, step);
        problems.push(...(await answerAll(session, step)));
        return [...problems, ...(await waitForGreen(session, step, patienceMs))];
      });
      if (!isReady || !isGreen) return;
    }
  } finally {
    typist.close();
  }
}

/** As somebody who lets every step be solved, on fresh nodes. */
async function solveAlone({ session, job: { lab }, add }: Part): Promise<void> {
  await session.call('again', {});
  const problems = await session.workDone();
  if (problems.length > 0) return void (await add('', 'begin again', async () => problems));
  for (const step of lab.steps) {
    const isGreen = await add(step.id, 'green by solve', async () => {
      const opened = await openStep(session, step);
      return opened.length > 0 ? opened : solve(session, step);
    });
    if (!isGreen) return;
  }
}

/** The engine's own: it runs the solution, and fails where the checks do not hold after it. */
async function solve(session: LabSession, step: Step): Promise<string[]> {
  if (step.solve === null) return [];
  await session.call('solve', { step: step.id });
  return session.workDone();
}

/** Each mistake on fresh nodes, on which the steps before its own are solved. */
async function tryMistakes({ session, job: { lab, patienceMs }, add }: Part): Promise<void> {
  for (const step of lab.steps) {
    for (const wrong of step.wrong) {
      await add(step.id, `wrong path of line ${wrong.source.line}`, async () => {
        await session.call('skip', { step: step.id });
        const problems = await session.workDone();
        if (problems.length > 0) return problems;
        const typist = createTypist(session);
        try {
          await typist.mistake(wrong);
        } finally {
          typist.close();
        }
        const sentences = await waitForSentence(session, step, { words: wrong.expect, patienceMs });
        return sentences === undefined
          ? []
          : [`No sentence holds "${wrong.expect}". There are: ${sentences.join(' | ')}`];
      });
    }
  }
}

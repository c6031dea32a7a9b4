/** One lab against real nodes: red before, green after its blocks, green by its solutions alone, each mistake with its sentence. */
import type { Lab, LabFiles, Step } from '@drydock/lab';
import { rightAnswers } from './answers.ts';
import { createDoings, type Doings } from './facts/gather.ts';
import { completeBefore, waitForGreen, waitForSentence } from './judge.ts';
import { createTestSession, type TestSession } from './session.ts';
import { prepare, runScripts, solve } from './solving.ts';
import { createTypist } from './typing.ts';

/** A part of a lab's test; `problems` empty where it passed. */
export type Case = { step: string; name: string; problems: string[]; ms: number };
/** `patienceMs`: how long a step may take to become green after everything is done. */
export type TestJob = { origin: string; lab: Lab; files: LabFiles; patienceMs: number; tell: (found: Case) => void };

/** Runs all parts; what cannot go on (a solution that fails) ends its part and is told once. @throws Failure of the place. */
export async function testLab(job: TestJob): Promise<Case[]> {
  const cases: Case[] = [];
  const add = async (step: string, name: string, work: () => Promise<string[]>): Promise<boolean> => {
    const started = Date.now();
    const problems = await work();
    const found = { step, name, problems, ms: Date.now() - started };
    cases.push(found);
    job.tell(found);
    return problems.length === 0;
  };
  await walk(job, add);
  await solveAlone(job, add);
  await tryMistakes(job, add);
  return cases;
}

type Add = (step: string, name: string, work: () => Promise<string[]>) => Promise<boolean>;

async function within(job: TestJob, work: (session: TestSession) => Promise<void>): Promise<void> {
  const { nodes, template } = job.lab;
  const session = await createTestSession(job.origin, { nodes: nodes.map(({ name }) => name), template });
  try {
    await work(session);
  } finally {
    await session.end();
  }
}

/** As a reader: each step's blocks in real terminals. */
async function walk(job: TestJob, add: Add): Promise<void> {
  await within(job, async (session) => {
    const doings = createDoings();
    const typist = createTypist(session, doings);
    try {
      if (!(await add('', 'setup', () => prepare(session, job.lab, job.files)))) return;
      for (const step of job.lab.steps) {
        const isReady = await add(step.id, 'red before', async () => {
          const problems = await runScripts(session, [...step.setup, ...step.breaks]);
          if (problems.length > 0) return problems;
          return (await completeBefore(session, step, doings)).map(
            (title) => `It holds before anything is done: ${title}`,
          );
        });
        const isGreen = await add(step.id, 'green after its blocks', async () => {
          const isByBlocks = step.blocks.some(({ kind }) => kind === 'run' || kind === 'file');
          const problems = isByBlocks ? await typist.do(step.blocks) : await solve(session, step, doings);
          return [...problems, ...(await answerAndWait(session, step, doings, job.patienceMs))];
        });
        if (!isReady || !isGreen) return;
      }
    } finally {
      typist.close();
    }
  });
}

/** As somebody who skips: nothing but setups and solutions, on fresh nodes. */
async function solveAlone(job: TestJob, add: Add): Promise<void> {
  await within(job, async (session) => {
    const doings = createDoings();
    if ((await prepare(session, job.lab, job.files)).length > 0) return;
    for (const step of job.lab.steps)
      if (!(await add(step.id, 'green by solve', () => solveStep(session, step, doings, job.patienceMs)))) return;
  });
}

async function solveStep(session: TestSession, step: Step, doings: Doings, patienceMs: number): Promise<string[]> {
  const problems = await runScripts(session, [...step.setup, ...step.breaks]);
  if (problems.length > 0) return problems;
  const solved = await solve(session, step, doings);
  return solved.length > 0 ? solved : answerAndWait(session, step, doings, patienceMs);
}

async function answerAndWait(session: TestSession, step: Step, doings: Doings, patienceMs: number): Promise<string[]> {
  const { answers, problems } = await rightAnswers(session, step);
  for (const [key, answer] of answers) doings.answers.set(key, answer);
  const open = await waitForGreen(session, step, doings, patienceMs);
  return [...problems, ...open.map(({ title, sentence }) => `${title}: ${sentence}`)];
}

/** Each mistake on nodes that were solved up to its step. */
async function tryMistakes(job: TestJob, add: Add): Promise<void> {
  for (const [index, step] of job.lab.steps.entries()) {
    for (const wrong of step.wrong) {
      await within(job, async (session) => {
        const name = `wrong path of line ${wrong.source.line}`;
        await add(step.id, name, async () => {
          const doings = createDoings();
          const problems = await prepare(session, job.lab, job.files);
          for (const before of job.lab.steps.slice(0, index))
            if (problems.length === 0) problems.push(...(await solveStep(session, before, doings, job.patienceMs)));
          if (problems.length === 0) problems.push(...(await runScripts(session, [...step.setup, ...step.breaks])));
          if (problems.length > 0) return problems;
          // The mistake may end with any code: what counts is what the reader is told.
          await runScripts(session, [wrong], doings);
          const sentences = await waitForSentence(session, step, doings, {
            words: wrong.expect,
            patienceMs: job.patienceMs,
          });
          return sentences === undefined
            ? []
            : [`No sentence holds "${wrong.expect}". There are: ${sentences.join(' | ')}`];
        });
      });
    }
  }
}

/** The lights of a step, as its reader sees them. */
import { anyComplete, type Leaf, leafTitle, leavesOf, type Step } from '@drydock/lab';
import type { LabLeaf } from '@drydock/protocol';
import type { LabSession } from '../place/session.ts';

/** Time for what was done to show, unless another is given: tasks start, health checks run (ms). */
export const PATIENCE_MS = 60_000;
/** All of a step's leaves are looked at once within it (ms); what cannot be known yet stays open. */
const FIRST_LOOK_MS = 10_000;

/** Opens a step and waits until it is prepared; resolves to what went wrong. */
export async function openStep(session: LabSession, step: Step): Promise<string[]> {
  await session.call('step', { step: step.id, skip: true });
  return session.workDone();
}

/** The titles of what holds before anything was done: an honest step has none. */
export async function completeBefore(session: LabSession, step: Step): Promise<string[]> {
  await session.until(({ leaves }) => leaves.every(({ light }) => light !== 'looking'), FIRST_LOOK_MS);
  const shown = leavesAndLights(session, step);
  const light = { on: true, off: false, looking: 'unknown' } as const;
  const verdicts = new Map(shown.map(([{ key }, leaf]) => [key, { light: light[leaf.light] }]));
  if (!anyComplete(step.checks, verdicts)) return [];
  return shown.flatMap(([leaf, { light }]) => (light === 'on' ? [leafTitle(leaf)] : []));
}

/** Waits until all checks of the step have held together; resolves to those that do not, each with the reader's sentence. */
export async function waitForGreen(session: LabSession, step: Step, patienceMs: number): Promise<string[]> {
  if (step.checks.of.length === 0) return [];
  const progress = () => session.lab().steps.find(({ id }) => id === step.id);
  await session.until(() => progress()?.doneAt !== undefined || progress()?.failedAt !== undefined, patienceMs);
  if (progress()?.failedAt !== undefined) return ['A mistake that cannot be undone was seen.'];
  return progress()?.doneAt === undefined ? sentences(session, step) : [];
}

/** Waits until a sentence holds the words; resolves to all sentences of the last look where none does. */
export async function waitForSentence(
  session: LabSession,
  step: Step,
  { words, patienceMs }: { words: string; patienceMs: number },
): Promise<string[] | undefined> {
  const wanted = words.toLowerCase();
  const isSaid = await session.until(
    ({ leaves }) => leaves.some(({ why }) => why?.toLowerCase().includes(wanted) === true),
    patienceMs,
  );
  return isSaid ? undefined : sentences(session, step);
}

function sentences(session: LabSession, step: Step): string[] {
  return leavesAndLights(session, step).flatMap(([leaf, { light, why }]) =>
    light === 'on' ? [] : [`${leafTitle(leaf)}: ${why ?? 'Looking…'}`],
  );
}

/** The view's leaves are in the order of the step's own (docs/PROTOCOL.md). */
export function leavesAndLights(session: LabSession, { checks }: Step): [Leaf, LabLeaf][] {
  const { leaves } = session.lab();
  return leavesOf(checks).flatMap((leaf, index): [Leaf, LabLeaf][] => {
    const shown = leaves[index];
    return shown === undefined ? [] : [[leaf, shown]];
  });
}

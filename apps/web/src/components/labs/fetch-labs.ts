/** The catalogue and single labs, asked by the page's server of the manager, so that they read well without a script. */
import { labResponseSchema, labsResponseSchema } from '@drydock/protocol';
import { managerUrl } from '../../env.ts';

/** Of one answer (ms); a manager that takes longer is away. */
const ANSWER_MS = 5_000;
/** What was read stays good this long (ms): many readers cost one question. */
const FRESH_MS = 3_000;
/** Answers that are kept. */
const MAX_KEPT = 100;

const kept = new Map<string, { at: number; answer: Promise<unknown> }>();

/** The answer's body, or null where there is none of that name. @throws Error when the manager is away. */
async function ask(path: string): Promise<unknown> {
  const known = kept.get(path);
  if (known !== undefined && Date.now() - known.at < FRESH_MS) return known.answer;
  const answer = fetch(`${managerUrl}/api/v1${path}`, {
    cache: 'no-store',
    signal: AbortSignal.timeout(ANSWER_MS),
  }).then(async (response) => {
    if (response.status === 404 || response.status === 422) return null;
    if (!response.ok) throw new Error(`the manager answered ${response.status}`);
    return response.json();
  });
  kept.set(path, { at: Date.now(), answer });
  answer.catch(() => kept.delete(path));
  for (const old of kept.keys()) if (kept.size > MAX_KEPT) kept.delete(old);
  return answer;
}

export async function fetchLabs() {
  return labsResponseSchema.parse(await ask('/labs'));
}

/** Null where there is no lab of that id that can be read. */
export async function fetchLab(id: string) {
  const answer = await ask(`/labs/${encodeURIComponent(id)}`);
  return answer === null ? null : labResponseSchema.parse(answer);
}

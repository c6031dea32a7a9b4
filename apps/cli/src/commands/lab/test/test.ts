/** `drydock lab test <path>`: labs against real nodes of a running Drydock. */
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { compileLab } from '@drydock/lab';
import { withoutEnd } from '@drydock/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { pageOrigin } from '../../../env.ts';
import { Ended, EXIT, Failure } from '../../../failure.ts';
import { type Output, plain } from '../../../output.ts';
import { findingLine } from '../check.ts';
import { type FoundLab, findLabs } from '../files/find-labs.ts';
import { servedId } from '../place/served.ts';
import { junitXml, type TestedLab } from './junit.ts';
import { PATIENCE_MS } from './lights.ts';
import { type Case, testLab } from './test-lab.ts';

type Options = { place?: string; junit?: string; only?: string[]; patience: number; jobs: number };
type Place = { origin: string; patienceMs: number; say: (line: string) => void };

function caseLine({ step, name, problems, ms }: Case): string {
  const head = `  ${problems.length === 0 ? '✓' : '✗'} ${step === '' ? '' : `${step}: `}${name} (${(ms / 1000).toFixed(1)} s)`;
  return [head, ...problems.map((problem) => `      ${plain(problem, 1_000)}`)].join('\n');
}

async function testFound({ folder, entry, files }: FoundLab, { origin, patienceMs, say }: Place): Promise<TestedLab> {
  const lab = join(folder, entry);
  const compiled = compileLab({ entry, files, strict: true });
  say(lab);
  if (compiled.lab === null) {
    const problems = compiled.findings.filter(({ severity }) => severity === 'error').map(findingLine);
    const found = { step: '', name: 'check', problems, ms: 0 };
    say(caseLine(found));
    return { lab, cases: [found] };
  }
  const tell = (found: Case) => say(caseLine(found));
  const id = await servedId(origin, basename(resolve(folder)), compiled.lab);
  return { lab, cases: await testLab({ origin, id, lab: compiled.lab, patienceMs, tell }) };
}

/** Labs at once: each has up to six nodes. */
const MAX_JOBS = 8;

function readJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MAX_JOBS) return jobs;
  throw new InvalidArgumentError(`It is a number from 1 to ${MAX_JOBS}.`);
}

/** `work` for each, at most `atOnce` at a time; results in the order of `all`. */
async function inTurns<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...all.entries()];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('It is a number of seconds from 1 to 600.');
}

export function testCommand(group: Command, output: Output): void {
  group
    .command('test <path>')
    .description(
      'run a lab, or a folder of labs, on real nodes: red before, green after, green by solve, mistakes explained',
    )
    .option('--place <url>', 'a running Drydock; default: the one that npm start runs here')
    .option('--junit <file>', 'write the results there, for CI')
    .option('--patience <seconds>', 'how long a step may take to become green', readSeconds, PATIENCE_MS / 1_000)
    .option('--jobs <number>', 'labs at once', readJobs, 1)
    .option('--only <name...>', 'of a folder of labs, only those folders')
    .addHelpText(
      'after',
      '\nEnds with 0 where all is as the lab says, with 1 where something is not, with 69 where no Drydock answers.',
    )
    .action(async (path: string, { place, junit, only, patience, jobs }: Options, command: Command) => {
      const { labs } = await findLabs(path);
      const wanted = labs.filter(({ folder }) => only === undefined || only.includes(basename(folder)));
      if (wanted.length === 0) throw new Failure('NO_LAB', 'There is no lab of that name.', EXIT.noInput);
      const origin = withoutEnd(place ?? pageOrigin(), '/');
      const isJson = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const tested = await inTurns(wanted, jobs, async (found) => {
        // Side by side, the lines of a lab come together when it is done.
        const lines: string[] = [];
        const print = (text: string) => isJson || output.print(text);
        const say = (line: string) => (jobs === 1 ? print(line) : lines.push(line));
        const result = await testFound(found, { origin, patienceMs: patience * 1_000, say });
        if (lines.length > 0) print(lines.join('\n'));
        return result;
      });
      if (junit !== undefined) await writeFile(junit, junitXml(tested));
      const cases = tested.flatMap((lab) => lab.cases);
      const failed = cases.filter(({ problems }) => problems.length > 0).length;
      output.show({ labs: tested, failed }, () => `${tested.length} labs, ${cases.length} cases, ${failed} failed.`);
      if (failed > 0) throw new Ended(EXIT.refused);
    });
}

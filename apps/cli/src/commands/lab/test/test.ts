/** `drydock lab test <path>`: labs against real nodes of a running Drydock. */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compileLab } from '@drydock/lab';
import type { Command } from 'commander';
import { pageOrigin } from '../../../env.ts';
import { Ended, EXIT, Failure } from '../../../failure.ts';
import { type Output, plain } from '../../../output.ts';
import { findingLine } from '../check.ts';
import { type FoundLab, findLabs } from '../files/find-labs.ts';
import { junitXml, type TestedLab } from './junit.ts';
import { type Case, testLab } from './test-lab.ts';

type Options = { place?: string; junit?: string; only?: string[] };

function caseLine({ step, name, problems, ms }: Case): string {
  const head = `  ${problems.length === 0 ? '✓' : '✗'} ${step === '' ? '' : `${step}: `}${name} (${(ms / 1000).toFixed(1)} s)`;
  return [head, ...problems.map((problem) => `      ${plain(problem, 1_000)}`)].join('\n');
}

async function testFound(
  { folder, entry, files }: FoundLab,
  origin: string,
  say: (line: string) => void,
): Promise<TestedLab> {
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
  return { lab, cases: await testLab({ origin, lab: compiled.lab, files, tell }) };
}

export function testCommand(group: Command, output: Output): void {
  group
    .command('test <path>')
    .description(
      'run a lab, or a folder of labs, on real nodes: red before, green after, green by solve, mistakes explained',
    )
    .option('--place <url>', 'a running Drydock; default: the one that npm start runs here')
    .option('--junit <file>', 'write the results there, for CI')
    .option('--only <name...>', 'of a folder of labs, only those folders')
    .addHelpText(
      'after',
      '\nEnds with 0 where all is as the lab says, with 1 where something is not, with 69 where no Drydock answers.',
    )
    .action(async (path: string, { place, junit, only }: Options, command: Command) => {
      const { labs } = await findLabs(path);
      const wanted = labs.filter(({ folder }) => only === undefined || only.includes(basename(folder)));
      if (wanted.length === 0) throw new Failure('NO_LAB', 'There is no lab of that name.', EXIT.noInput);
      const origin = (place ?? pageOrigin()).replace(/\/+$/, '');
      const isJson = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const tested: TestedLab[] = [];
      for (const found of wanted) tested.push(await testFound(found, origin, (line) => isJson || output.print(line)));
      if (junit !== undefined) await writeFile(junit, junitXml(tested));
      const cases = tested.flatMap((lab) => lab.cases);
      const failed = cases.filter(({ problems }) => problems.length > 0).length;
      output.show({ labs: tested, failed }, () => `${tested.length} labs, ${cases.length} cases, ${failed} failed.`);
      if (failed > 0) throw new Ended(EXIT.refused);
    });
}

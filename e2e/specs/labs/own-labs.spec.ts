/** Every lab of labs/ on real nodes, as `drydock lab test labs` tests it: minutes, so it is one of the slow ones. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../../support/test.ts';

const REPO = fileURLToPath(new URL('../../..', import.meta.url));
/** Thirty labs, two at a time, on two processors. */
const LIMIT_MS = 60 * 60_000;
const JOBS = 2;

test('each of our own labs is red before, green after, green by solve, and explains its mistakes', async ({
  stack,
}) => {
  test.setTimeout(LIMIT_MS);
  const args = [
    'apps/cli/dist/main.js',
    'lab',
    'test',
    'labs',
    '--place',
    stack.origin,
    '--jobs',
    String(JOBS),
    '--json',
  ];
  const out = await new Promise<string>((resolve) =>
    execFile(process.execPath, args, { cwd: REPO, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (_, stdout) =>
      resolve(stdout),
    ),
  );
  const { labs } = JSON.parse(out) as { labs: { lab: string; cases: { problems: string[] }[] }[] };
  const folders = readdirSync(`${REPO}labs`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(labs).toHaveLength(folders.length);
  const wrong = labs.flatMap(({ lab, cases }) =>
    cases.flatMap(({ problems }) => problems.map((one) => `${lab}: ${one}`)),
  );
  expect(wrong).toEqual([]);
});

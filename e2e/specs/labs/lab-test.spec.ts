/** `drydock lab test`: it starts labs that the place serves, and its answers are the engine's own lights and sentences. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandLine, createCommandLine, type OwnTerminal } from '../../support/command-line.ts';
import type { Stack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const LABS = fileURLToPath(new URL('../../fixtures/labs', import.meta.url));
let cli: CommandLine;
let folder: string;

test.beforeAll(() => {
  cli = createCommandLine((JSON.parse(process.env.DRYDOCK_E2E_STACK ?? '{}') as Stack).origin);
  folder = mkdtempSync(join(tmpdir(), 'drydock-lab-test-'));
});
test.afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('a lab that is as it says passes; of one that is not, each part tells what is wrong', async ({ stack }) => {
  const place = ['--place', stack.origin];
  const results = join(folder, 'results.xml');
  const [good, bad] = await Promise.all([
    cli.run(['lab', 'test', join(LABS, 'as-it-says'), ...place, '--junit', results, '--json']),
    cli.run(['lab', 'test', join(LABS, 'not-as-it-says'), ...place, '--patience', '3', '--json']),
  ]);
  expect(good, `${good.out}${good.err}`).toMatchObject({ code: 0 });
  const cases = JSON.parse(good.out).labs[0].cases as { step: string; name: string }[];
  expect(cases.map(({ step, name }) => `${step}: ${name.replace(/ of line \d+/, '')}`)).toEqual([
    ': setup',
    ...['red before', 'green after its blocks'].map((name) => `make-a-network: ${name}`),
    ...['red before', 'green after its blocks'].map((name) => `write-into-a-shell-of-its-own: ${name}`),
    'make-a-network: green by solve',
    'write-into-a-shell-of-its-own: green by solve',
    'make-a-network: wrong path',
    'write-into-a-shell-of-its-own: wrong path',
  ]);
  expect(readFileSync(results, 'utf8')).toContain('failures="0"');

  expect(bad.code, `${bad.out}${bad.err}`).toBe(1);
  const problems = JSON.parse(bad.out).labs[0].cases.flatMap((found: { problems: string[] }) => found.problems);
  expect(problems).toEqual([
    'It holds before anything is done: network bridge',
    expect.stringContaining(
      'No sentence holds "words that nobody says". There are: volume one: There is no volume "one"',
    ),
  ]);
});

test('a lab that the place does not serve, or serves with another text, is not tested as if it did', async ({
  stack,
}) => {
  const other = join(folder, 'as-it-says');
  mkdirSync(other);
  const text = readFileSync(join(LABS, 'as-it-says/lab.md'), 'utf8');
  writeFileSync(join(other, 'lab.md'), text.replace('docker network create blue', 'docker network create red'));
  const changed = await cli.run(['lab', 'test', other, '--place', stack.origin]);
  expect(changed).toMatchObject({ code: 66, err: expect.stringContaining('another text of the lab "as-it-says"') });
  const unknown = join(folder, 'nobody-has-it');
  mkdirSync(unknown);
  writeFileSync(join(unknown, 'lab.md'), text);
  const missing = await cli.run(['lab', 'test', unknown, '--place', stack.origin]);
  expect(missing).toMatchObject({ code: 66, err: expect.stringContaining('DRYDOCK_LABS_DIR') });
});

test('a preview follows the files: the page has the new text, and what was reached in other steps stays', async ({
  page,
}) => {
  const own = mkdtempSync(join(LABS, 'preview-'));
  // The place reads it as another user.
  chmodSync(own, 0o755);
  const file = join(own, 'lab.md');
  const text = readFileSync(join(LABS, 'as-it-says/lab.md'), 'utf8');
  writeFileSync(file, text);
  let preview: OwnTerminal | undefined;
  try {
    // The place finds the new folder within seconds.
    await expect
      .poll(async () => (await page.request.get(`${cli.server}/labs/${own.split('/').at(-1)}`)).status(), {
        timeout: 20_000,
      })
      .toBe(200);
    const shown = cli.terminal(['lab', 'preview', own, '--place', cli.server]);
    preview = shown;
    await expect.poll(() => shown.text(), { timeout: 30_000 }).toMatch(/\/s\/[a-z2-7]{8}#\S+/);
    await page.goto(/http\S+\/s\/[a-z2-7]{8}#\S+/.exec(shown.text())?.[0] ?? '');
    const panel = page.getByRole('region', { name: 'Lab' });
    await panel.getByRole('button', { name: 'Begin' }).click();
    await panel.getByRole('button', { name: 'Run', exact: true }).first().click();
    const light = panel.getByRole('listitem').filter({ hasText: 'network blue' });
    await expect(light).toHaveAttribute('data-light', 'passed', { timeout: 60_000 });
    writeFileSync(file, text.replace('## Write into a shell of its own', '## Write into another shell'));
    await expect.poll(() => shown.text(), { timeout: 30_000 }).toContain('the page shows the new text');
    await expect(light).toHaveAttribute('data-light', 'passed');
    await panel.getByRole('button', { name: 'Next step' }).click();
    await expect(panel.getByRole('heading', { name: 'Write into another shell' })).toBeVisible();
    writeFileSync(file, text.replace('driver: bridge', 'drivr: bridge'));
    await expect.poll(() => shown.text(), { timeout: 30_000 }).toMatch(/lab\.md:\d+:\d+: error/);
    await expect(panel.getByRole('heading', { name: 'Write into another shell' })).toBeVisible();
    shown.type('\x03');
    expect(await shown.ended).toBe(0);
  } finally {
    preview?.kill();
    rmSync(own, { recursive: true, force: true });
  }
});

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { runCommand } from '../common/run-command.mjs';

it('the reporter tells passed, failed, skipped with reason, broken files and broken hooks apart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'drydock-reporter-'));
  const result = join(directory, 'outcome.json');
  symlinkSync(join(REPO, 'node_modules'), join(directory, 'node_modules'));
  writeFileSync(
    join(directory, 'a.test.mjs'),
    `import { beforeAll, describe, expect, it } from 'vitest';
     it('good', () => {});
     it('bad', () => expect(1).toBe(2));
     it('left out', (context) => context.skip('no IPVS here'));
     it.skip('switched off', () => {});
     describe('hooked', () => { beforeAll(() => { throw new Error('hook broke'); }); it('inner', () => {}); });`,
  );
  writeFileSync(join(directory, 'b.test.mjs'), `throw new Error('does not load');`);
  const reporter = join(REPO, 'infra/test/vitest-reporter.mjs');
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--root', directory, '--reporter', reporter];
  const { VITEST: _1, VITEST_MODE: _2, VITEST_WORKER_ID: _3, VITEST_POOL_ID: _4, ...environment } = process.env;
  const ended = await runCommand(process.execPath, args, {
    cwd: directory,
    env: { ...environment, VITEST_OUTCOME: result },
  });
  expect(ended.code).toBe(1);
  const outcome = JSON.parse(readFileSync(result, 'utf8'));
  expect(outcome.passed).toBe(1);
  expect(outcome.failed).toEqual(
    expect.arrayContaining([
      { name: 'a.test.mjs > bad', detail: expect.stringContaining('expected 1 to be 2') },
      { name: 'a.test.mjs > hooked', detail: expect.stringContaining('hook broke') },
      { name: 'b.test.mjs', detail: expect.stringContaining('does not load') },
    ]),
  );
  expect(outcome.skipped).toEqual(
    expect.arrayContaining([
      { name: 'a.test.mjs > left out', reason: 'no IPVS here' },
      { name: 'a.test.mjs > switched off', reason: '' },
    ]),
  );
  rmSync(directory, { recursive: true });
});

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { answersPing } from './readiness.mjs';

const directory = mkdtempSync(join(tmpdir(), 'drydock-liveness-'));
let host;
afterEach(() => {
  host?.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

it('a real terminal host answers, and one whose event loop stands still does not', async () => {
  const socket = join(directory, 'socket');
  host = spawn(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', join(REPO, 'apps/node-agent/src/terminals-main.ts')],
    {
      cwd: REPO,
      env: {
        PATH: process.env.PATH,
        DRYDOCK_RUNTIME: 'fake',
        DRYDOCK_TERMINALS_SOCKET: socket,
        DRYDOCK_LOG_LEVEL: 'silent',
      },
      stdio: 'inherit',
    },
  );
  await expect.poll(() => answersPing(socket), { timeout: 20_000 }).toBe(true);
  host.kill('SIGSTOP');
  expect(await answersPing(socket)).toBe(false);
  host.kill('SIGCONT');
  expect(await answersPing(socket)).toBe(true);
});

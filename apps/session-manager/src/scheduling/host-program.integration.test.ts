/** `npm run host -- join` and `rotate` as programs, on a machine that joins a real manager: which key is let in after each. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorKey } from '../edge/operator/operator-listener.ts';
import { createFixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
let manager: TestManager;
let directory: string;

beforeEach(async () => {
  manager = await startTestManager({ settings: { metrics: { host: '127.0.0.1', port: 0 } } });
  directory = mkdtempSync(join(tmpdir(), 'dd-host-'));
});
afterEach(async () => {
  await manager.stop();
  rmSync(directory, { recursive: true, force: true });
});

function host(...args: string[]) {
  return new Promise<{ code: number; said: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'infra/bootstrap/host.mjs'), ...args],
      { env: { ...process.env, DRYDOCK_STATE_DIR: directory, DRYDOCK_RUN_DIR: join(directory, 'run') } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}

const keyFile = () => join(directory, 'secrets/agent.key');
const key = () => readFileSync(keyFile(), 'utf8').trim();

/** Whether an agent of that host is let in with `own`; else the error's code. */
async function entry(own: string): Promise<string> {
  let answer = '';
  // The one before may be gone a moment later than its link.
  await expect
    .poll(async () => {
      const agent = createFixtureAgent({ url: manager.origin, name: 'second', key: own });
      answer = await agent.connect().then(
        () => 'in',
        ({ code }: { code: string }) => code,
      );
      agent.close();
      return answer;
    })
    .not.toBe('AGENT_NAME_TAKEN');
  return answer;
}

async function joined(): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${manager.manager.metricsPort}/operator/host-tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey('test')}` },
    body: '{}',
  });
  const { token } = (await answer.json()) as { token: string };
  expect(await host('join', manager.origin, token, '--name', 'second')).toMatchObject({ code: 0 });
  return key();
}

test('a host that joined changes its key: the new one is let in, and the one before for an hour more', async () => {
  const first = await joined();
  expect(await entry(first)).toBe('in');
  expect(await host('rotate')).toMatchObject({ code: 0, said: expect.stringContaining('This host has a new key') });
  const second = key();
  expect(second).not.toBe(first);
  expect([await entry(second), await entry(first)]).toEqual(['in', 'in']);
  // The one before that is over.
  expect((await host('rotate')).code).toBe(0);
  expect([await entry(key()), await entry(second), await entry(first)]).toEqual(['in', 'in', 'AGENT_KEY_REJECTED']);
  expect(existsSync(`${keyFile()}.next`)).toBe(false);
});

test('when the manager does not answer the key stays, and the program says where the next one lies', async () => {
  const first = await joined();
  await manager.manager.close();
  const { code, said } = await host('rotate');
  expect(code).not.toBe(0);
  expect(said).toContain(`${keyFile()}.next`);
  expect(key()).toBe(first);
  expect(readFileSync(`${keyFile()}.next`, 'utf8').trim()).toHaveLength(43);
});

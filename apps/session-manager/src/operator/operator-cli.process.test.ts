// The command line of operators, as a program of its own against a real manager.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** What `npm run drydock` runs. */
const CLI = join(ROOT, 'apps/cli/dist/main.js');
let test: TestManager;
let agent: FixtureAgent;
let directory: string;

/** Runs `drydock operator …` where `state` is the state directory. */
const drydock = (args: string[], state = directory) => runGroup('operator', args, state);

function runGroup(group: 'operator' | 'site', args: string[], state = directory, more: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [CLI, group, ...args],
      { env: { ...process.env, DRYDOCK_STATE_DIR: state, SUDO_USER: 'ann', ...more } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}
const json = async (...args: string[]) => JSON.parse((await drydock([...args, '--json'])).stdout) as never;

beforeAll(async () => {
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-b', 'apps/cli'], { cwd: ROOT });
  directory = mkdtempSync(join(tmpdir(), 'dd-cli-'));
  writeFileSync(join(directory, 'embed.js'), 'script();\n');
  const metrics = { host: '127.0.0.1', port: 0 };
  test = await startTestManager({ settings: { metrics, embedScriptsDir: directory } });
  agent = await test.host();
  writeFileSync(join(directory, 'secret'), 'test\n');
  const operator = `http://127.0.0.1:${test.manager.metricsPort}`;
  writeFileSync(join(directory, 'supervisor.json'), JSON.stringify({ operator }));
}, 60_000);
afterAll(async () => {
  await test.stop();
  rmSync(directory, { recursive: true, force: true });
});
const key = () => ['--secret-file', join(directory, 'secret')];

/** Some twenty programs are started, one after another, on a machine that may be busy. */
const PATIENCE_MS = 60_000;

describe('drydock operator', { timeout: PATIENCE_MS }, () => {
  it('shows sessions, acts on them, and leaves the name of who did it', async () => {
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    expect((await drydock([...key(), 'sessions'])).stdout).toMatch(new RegExp(`^${session.id} .* h1$`, 'm'));
    expect((await drydock([...key(), 'note', session.id, 'looks', '\u001b[31mred'])).code).toBe(0);
    const traffic = { sentBytes: 900, receivedBytes: 3 * 2 ** 20, sentPerSecond: 0, receivedPerSecond: 2048 };
    agent.sendFact({ kind: 'traffic', sessionId: session.id, traffic });
    await expect
      .poll(async () => (await drydock([...key(), 'sessions'])).stdout)
      .toMatch(new RegExp(`^${session.id} .* 900 B +3\\.0 MiB `, 'm'));
    expect((await drydock([...key(), 'usage'])).stdout).toMatch(/^client .* 900 B +3\.0 MiB$/m);
    const shown = await drydock([...key(), 'show', session.id]);
    expect(shown.stdout).toMatch(/^sent +900 B, 0 B\/s now\nreceived +3\.0 MiB, 2\.0 KiB\/s now$/m);
    // What somebody wrote does not steer the terminal of who reads it.
    expect(shown.stdout).toMatch(/note +looks {2}\[31mred\n/);
    expect(await json(...key(), 'freeze', session.id, '--reason', 'mining')).toEqual({});
    expect(await json(...key(), 'show', session.id)).toMatchObject({ frozen: { reason: 'mining' } });
    expect((await drydock([...key(), 'thaw', session.id])).code).toBe(0);
    expect((await drydock([...key(), 'end', session.id, '--reason', 'mining'])).stdout).toBe(
      `${session.id} has ended.\n`,
    );
    expect(await json(...key(), 'audit')).toMatchObject([{ by: 'ann', action: 'end' }, {}, {}, {}]);
    expect(await json(...key(), 'hosts')).toMatchObject([{ name: 'h1', state: 'connected' }]);
  });

  it('blocks and unblocks, stops and allows starts', async () => {
    const { block } = (await json(...key(), 'block', '198.51.100.7', '--hours', '2', '--reason', 'floods')) as {
      block: { id: string };
    };
    expect((await drydock([...key(), 'blocks'])).stdout).toContain('198.51.100.7/32');
    expect((await drydock([...key(), 'unblock', block.id])).code).toBe(0);
    expect((await drydock([...key(), 'unblock', block.id])).code).toBe(1);
    await drydock([...key(), 'stop-starts', '--message', 'back at nine']);
    expect((await test.call('GET', '/status')).body).toMatchObject({ startsStopped: 'back at nine' });
    expect((await drydock([...key(), 'allow-starts'])).stdout).toBe('Sessions may start.\n');
  });

  it('finds the manager whose environment it has, as in its container, and makes the tokens that hosts join with', async () => {
    const environment = {
      DRYDOCK_METRICS_PORT: String(test.manager.metricsPort),
      DRYDOCK_MANAGER_SECRET_FILE: join(directory, 'secret'),
    };
    const ask = (...args: string[]) => runGroup('operator', args, join(directory, 'none'), environment);
    const { token } = JSON.parse((await ask('host-token', '--hours', '2', '--json')).stdout) as { token: string };
    const body = { token, name: 'new1', keyHash: 'a'.repeat(64) };
    expect((await test.call('POST', '/hosts/join', { body })).status).toBe(201);
    expect((await test.store.hosts.all()).entries).toHaveProperty('new1');
    expect((await ask('remove-host', 'new1')).stdout).toBe('new1 may not come again.\n');
    expect((await test.store.hosts.all()).entries).not.toHaveProperty('new1');
    expect((await ask('host-token', '--hours', '1000')).stderr).toMatch(/^BAD_REQUEST: /);
  });

  it('reads the flow log of the host it runs on, and says so where there is none', async () => {
    mkdirSync(join(directory, 'flows'));
    const flow = { at: '2026-11-29T03:00:00Z', from: '192.168.0.11', protocol: 'tcp', port: 443 };
    const lines = [
      { ...flow, session: 'aaaaaaaa', to: '203.0.113.5' },
      { ...flow, session: 'bbbbbbbb', to: '203.0.113.6' },
    ].map((line) => JSON.stringify(line));
    writeFileSync(join(directory, 'flows/flows-2026-11-29.jsonl'), `${lines.join('\n')}\nnot a line of ours\n`);
    expect(await json('flows')).toMatchObject([{ session: 'aaaaaaaa' }, { session: 'bbbbbbbb' }]);
    expect(await json('flows', '--most', '1')).toMatchObject([{ session: 'bbbbbbbb' }]);
    expect((await drydock(['flows', '--to', '203.0.113.5'])).stdout).toMatch(
      /^2026-11-29T03:00:00Z +aaaaaaaa +192\.168\.0\.11 +203\.0\.113\.5:443 +tcp$/m,
    );
    expect((await drydock(['flows'], join(directory, 'none'))).code).toBe(69);
  });

  it('fails in one sentence with a code of its own, and never with a stack', async () => {
    const cases: [string[], number, RegExp][] = [
      [[...key(), 'show', 'aaaaaaaa'], 1, /^SESSION_NOT_FOUND: There is no such session\.\n$/],
      [[...key(), 'block', 'nobody', '--reason', 'x'], 1, /^BAD_REQUEST: A block names/],
      [[...key(), 'no-such-command'], 64, /unknown command/],
      [[...key(), 'end', 'aaaaaaaa'], 64, /--reason/],
      [['sessions'], 77, /^NO_KEY: /],
      [['--operator', 'http://127.0.0.1:1', ...key(), 'sessions'], 69, /^UNREACHABLE: /],
    ];
    for (const [args, code, text] of cases) {
      const ran = await drydock(args);
      expect([args, ran.code, ran.stderr]).toEqual([args, code, expect.stringMatching(text)]);
      expect(ran.stderr).not.toMatch(/^ +at /m);
    }
    const nowhere = await drydock(['sessions', '--json'], join(directory, 'none'));
    expect([nowhere.code, JSON.parse(nowhere.stderr)]).toMatchObject([69, { error: { code: 'NOT_RUNNING' } }]);
  });
});

describe('drydock site', { timeout: PATIENCE_MS }, () => {
  const site = (...args: string[]) => runGroup('site', [...key(), ...args]);

  it('adds a site with what an author pastes, lists it, gives it another key, removes it', async () => {
    const terms = [
      '--nodes',
      '2',
      '--minutes',
      '30',
      '--sessions',
      '7',
      '--daily',
      '90',
      '--lab',
      'acme-*',
      '--template',
      'workshop',
    ];
    const added = await site('add', 'docs', '--origin', 'https://docs.example.org', 'https://*.Example.org', ...terms);
    expect([added.code, added.stderr]).toEqual([0, '']);
    const [, first] =
      /<script src="http:\/\/localhost:\d+\/embed\.js" data-site="(pk_[a-z2-7]{20})" async>/.exec(added.stdout) ?? [];
    expect(added.stdout).toMatch(
      /embed-[0-9a-f]{16}\.js" integrity="sha384-[A-Za-z0-9+/=]{64}" crossorigin="anonymous"/,
    );
    const listed = JSON.parse((await site('list', '--json')).stdout) as { key: string }[];
    expect(listed).toMatchObject([
      {
        name: 'docs',
        by: 'ann',
        nodes: 2,
        minutes: 30,
        sessions: 7,
        daily: 90,
        today: 0,
        running: 0,
        labs: ['acme-*'],
        templates: ['workshop'],
        readTerminal: false,
        origins: ['https://docs.example.org', 'https://*.example.org'],
      },
    ]);
    expect(first).toBe(listed[0]?.key);
    const rotated = JSON.parse((await site('rotate', 'docs', '--keep-hours', '2', '--json')).stdout) as { key: string };
    expect((await site('list')).stdout).toMatch(
      new RegExp(`^docs +${rotated.key} +2 +30 min +0 of 7 +0 of 90 .*org$`, 'm'),
    );
    expect((await site('list')).stdout).toMatch(new RegExp(`^docs +${listed[0]?.key} .* until \\d{4}-`, 'm'));
    expect((await site('remove', 'docs')).stdout).toBe('docs is removed.\n');
    expect((await site('list')).stdout).toBe('There are no sites.\n');
  });

  it('says what is wrong, and which site is not there', async () => {
    const cases: [string[], number, RegExp][] = [
      [['add', 'docs', '--origin', 'docs.example.org'], 1, /^BAD_REQUEST: docs\.example\.org is no origin of a site/],
      [['add', 'docs'], 64, /--origin/],
      [['add', 'docs', '--origin', 'https://a.example', '--nodes', 'many'], 64, /whole number/],
      [['rotate', 'docs'], 1, /^NOT_FOUND: There is no site docs\.\n$/],
      [['remove', 'pk_x'], 1, /^NOT_FOUND: /],
    ];
    for (const [args, code, text] of cases) {
      const ran = await site(...args);
      expect([args, ran.code, ran.stderr]).toEqual([args, code, expect.stringMatching(text)]);
    }
  });
});

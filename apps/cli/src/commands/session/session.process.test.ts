/** What the commands on sessions say without a server; with one they are tested on real nodes (e2e/specs/session/cli.spec.ts). */

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type SessionId, sessionIdSchema } from '@drydock/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { createSessionBook } from '../../sessions/session-book.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const TOKEN = 'x'.repeat(43);
const kept = (sessionId: SessionId, startedAt = 1) => ({
  server: 'http://127.0.0.1:1',
  sessionId,
  token: TOKEN,
  name: null,
  startedAt,
});

let state: string;
let before: string | undefined;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'drydock-book-'));
  before = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = state;
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = before;
  rmSync(state, { recursive: true, force: true });
});

const book = () => createSessionBook(join(state, 'drydock/sessions'));

async function drydock(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const ran = { out: '', err: '' };
  const code = await run(args, {
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
  });
  return { code, ...ran };
}

test('links are kept for their owner alone, also where the folder was open to others', () => {
  mkdirSync(join(state, 'drydock/sessions'), { recursive: true });
  chmodSync(join(state, 'drydock/sessions'), 0o755);
  book().put(kept(sessionIdSchema.parse('aaaaaaaa')));
  expect(statSync(join(state, 'drydock/sessions')).mode & 0o777).toBe(0o700);
  expect(statSync(join(state, 'drydock/sessions/aaaaaaaa.json')).mode & 0o777).toBe(0o600);
});

test('the newest kept session comes first, and what is no session is left out', () => {
  book().put(kept(sessionIdSchema.parse('aaaaaaaa'), 1));
  book().put(kept(sessionIdSchema.parse('bbbbbbbb'), 2));
  writeFileSync(join(state, 'drydock/sessions/cccccccc.json'), '{"server":1}');
  expect(
    book()
      .all()
      .map(({ sessionId }) => sessionId),
  ).toEqual(['bbbbbbbb', 'aaaaaaaa']);
});

test('the only kept session is taken; several, none and a wrong link are told apart', async () => {
  expect(await drydock('extend')).toMatchObject({ code: 66, err: expect.stringContaining('NO_SESSION') });
  book().put(kept(sessionIdSchema.parse('aaaaaaaa')));
  expect(await drydock('extend')).toMatchObject({ code: 69, err: expect.stringContaining('UNREACHABLE') });
  book().put(kept(sessionIdSchema.parse('abbbbbbb')));
  const several = await drydock('end');
  expect(several).toMatchObject({ code: 64, err: expect.stringContaining('SEVERAL_SESSIONS') });
  expect(await drydock('end', 'ab')).toMatchObject({ code: 69 });
  expect(await drydock('end', 'http://127.0.0.1:1/s/aaaaaaaa')).toMatchObject({ code: 64 });
  // A session that cannot be asked for is not forgotten.
  expect((await drydock('list', '--json')).out).toContain('unreachable');
  expect(book().all()).toHaveLength(2);
});

test('exec and shell have a code of their own for what never ran', async () => {
  book().put(kept(sessionIdSchema.parse('aaaaaaaa')));
  expect(await drydock('exec', 'node1', 'true')).toMatchObject({ code: 125, out: '' });
  expect(await drydock('shell', 'node1')).toMatchObject({ code: 125, out: '' });
  const json = await drydock('exec', '--json', 'node1', 'true');
  expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'UNREACHABLE' } });
});

test('no failure is a stack trace', async () => {
  const attempts = [
    ['start', '--server', 'http://127.0.0.1:1'],
    ['start', '--server', 'nonsense'],
    ['start', '--hours', 'many'],
    ['cp', 'here', 'there'],
    ['cp', 'node1:/a', '/nowhere/b'],
    ['forward', 'node1'],
    ['forward', 'node1:80', 'http'],
    ['logs', '-s', 'zzz'],
    ['exec'],
    ['nonsense'],
  ];
  for (const attempt of attempts) {
    const { code, err } = await drydock(...attempt);
    expect([attempt, [1, 64, 66, 69].includes(code)]).toEqual([attempt, true]);
    expect(err).not.toMatch(/\n\s+at |INTERNAL/);
  }
});

test('a shell completes commands, options and ids of kept sessions', async () => {
  book().put(kept(sessionIdSchema.parse('aaaaaaaa')));
  const complete = async (...words: string[]) => (await drydock('complete', '--', ...words)).out.trim().split('\n');
  expect(await complete('e')).toEqual(['end', 'exec', 'extend']);
  expect(await complete('exec', '--')).toContain('--timeout');
  expect(await complete('exec', '-s', '')).toEqual(['aaaaaaaa']);
  expect(await complete('operator', 'sess')).toEqual(['sessions']);
  expect(await complete('')).not.toContain('complete');
});

test('bash completes by the script', async () => {
  const { out: script } = await drydock('completion', 'bash');
  const program = `drydock() { '${process.execPath}' --conditions=source --import tsx '${MAIN}' "$@"; }
${script}
COMP_WORDS=(drydock ex); COMP_CWORD=1; _drydock; echo "\${COMPREPLY[@]}"
COMP_WORDS=(drydock exec --s); COMP_CWORD=2; _drydock; echo "\${COMPREPLY[@]}"; complete -p drydock`;
  const answer = execFileSync('bash', ['-c', program], { encoding: 'utf8' });
  expect(answer).toBe('exec extend\n--session --stdin\ncomplete -o default -F _drydock drydock\n');
});

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

test('zsh completes by the script', async ({ skip }) => {
  skip(!hasZsh, 'there is no zsh on this machine');
  const { out: script } = await drydock('completion', 'zsh');
  const program = `compdef() { : }; compadd() { print -r -- "\${(@P)2}" }
drydock() { '${process.execPath}' --conditions=source --import tsx '${MAIN}' "$@" }
${script}
words=(drydock ex); CURRENT=2; _drydock`;
  expect(execFileSync('zsh', ['-c', program], { encoding: 'utf8' }).trim()).toBe('exec extend');
});

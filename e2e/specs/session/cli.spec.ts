/** `drydock`: each command on real nodes, as a person runs it (docs/cli.md). */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BadLink, startBadLink } from '@drydock/testkit';
import { type CommandLine, createCommandLine } from '../../support/command-line.ts';
import type { Stack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const MIB = 1024 ** 2;
const sha = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
/** A prompt of node1, with or without colours. */
const PROMPT = 'root@node1:';

let cli: CommandLine;
let folder: string;
let session: { id: string; link: string };

test.beforeAll(async () => {
  const { origin } = JSON.parse(process.env.DRYDOCK_E2E_STACK ?? '{}') as Stack;
  cli = createCommandLine(origin);
  folder = mkdtempSync(join(tmpdir(), 'drydock-cli-files-'));
  const started = await cli.run(['start', '--json', '--name', 'by hand', '--hours', '1']);
  expect(started, started.err).toMatchObject({ code: 0, err: '' });
  session = JSON.parse(started.out);
});
test.afterAll(async () => {
  const ended = await cli.run(['end', session.id]);
  const { out } = await cli.run(['list', '--json']);
  const failed = await cli.run(['exec', 'node1', 'true']);
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(out)).toEqual([]);
  expect(failed).toMatchObject({ code: 125, err: expect.stringContaining('NO_SESSION') });
});

test('a session is listed, extended and told of, and its link is kept for nobody else', async () => {
  const kept = join(cli.state, 'drydock/sessions');
  expect(readdirSync(kept)).toEqual([`${session.id}.json`]);
  expect(statSync(join(kept, `${session.id}.json`)).mode & 0o777).toBe(0o600);
  expect(statSync(kept).mode & 0o777).toBe(0o700);

  const [listed] = JSON.parse((await cli.run(['list', '--json'])).out);
  const nodes = [{ name: 'node1', state: 'running' }];
  expect(listed).toMatchObject({ id: session.id, name: 'by hand', state: 'active', nodes });
  const extended = JSON.parse((await cli.run(['extend', '--hours', '0.5', '--json'])).out);
  expect(extended.expiresAt - listed.expiresAt).toBe(30 * 60_000);
  expect((await cli.run(['logs'])).out).toMatch(/node1 +node-added/);
  expect((await cli.run(['open', '--print'])).out).toBe(`${session.link}\n`);
  // Whoever has the link has the session: no folder, no id.
  const other = { XDG_STATE_HOME: join(cli.state, 'other'), DRYDOCK_SESSION: session.link };
  expect((await cli.run(['exec', 'node1', 'hostname'], '', other)).out).toBe('node1\n');
  expect((await cli.run(['open', '--print', '-s', '-'], session.link)).out).toBe(`${session.link}\n`);
});

test('logs that are followed bring what happens from then on, once', async () => {
  const child = spawn(process.execPath, ['apps/cli/dist/main.js', 'logs', '-f', '-s', session.link]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  try {
    await expect.poll(() => text).toContain('node-added');
    await cli.run(['extend', '--hours', '0.1']);
    await expect.poll(() => text.match(/session-extended/g)?.length).toBe(2);
    expect(text.match(/session-created/g)).toHaveLength(1);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('a command’s exit code comes back, its outputs come apart, and it reads what is given', async () => {
  const ran = await cli.run(['exec', 'node1', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
  expect(ran).toEqual({ code: 7, out: 'out\n', err: 'err\n' });
  expect(await cli.run(['exec', '-i', 'node1', 'wc', '-c'], 'ünïcödé')).toEqual({ code: 0, out: '11\n', err: '' });
  // What stands behind the node is the command's own.
  expect((await cli.run(['exec', 'node1', 'echo', '--json'])).out).toBe('--json\n');
  const json = JSON.parse((await cli.run(['exec', '--json', '--dir', '/etc', 'node1', 'pwd'])).out);
  expect(json).toMatchObject({ exitCode: 0, stdout: '/etc\n', stderr: '' });
  const none = await cli.run(['exec', '--json', 'node9', 'true']);
  expect(none).toMatchObject({ code: 125, out: '' });
  expect(JSON.parse(none.err)).toMatchObject({ error: { code: 'NODE_NOT_FOUND' } });
});

test('files and folders go there and back as they are', async () => {
  const big = randomBytes(9 * MIB);
  writeFileSync(join(folder, 'big.bin'), big);
  const sent = await cli.run(['cp', join(folder, 'big.bin'), 'node1:/srv/', '--json']);
  expect(JSON.parse(sent.out)).toEqual({ files: 1, bytes: big.length, to: 'node1:/srv/big.bin' });
  expect((await cli.run(['exec', 'node1', 'sha256sum', '/srv/big.bin'])).out).toContain(sha(big));
  expect((await cli.run(['cp', 'node1:/srv/big.bin', join(folder, 'back.bin')])).code).toBe(0);
  expect(sha(readFileSync(join(folder, 'back.bin')))).toBe(sha(big));

  mkdirSync(join(folder, 'site/ünder empty'), { recursive: true });
  mkdirSync(join(folder, 'site/pages'));
  writeFileSync(join(folder, 'site/pages/a b.html'), '<p>ü');
  expect((await cli.run(['cp', join(folder, 'site'), 'node1:'])).err).toBe('');
  const found = await cli.run(['exec', 'node1', 'find', '/root/site']);
  const parts = ['', '/pages', '/pages/a b.html', '/ünder empty'].map((part) => `/root/site${part}`);
  expect(found.out.trim().split('\n').sort()).toEqual(parts.sort());
  expect((await cli.run(['cp', 'node1:site', join(folder, 'copy')])).err).toBe('');
  expect(readFileSync(join(folder, 'copy/pages/a b.html'), 'utf8')).toBe('<p>ü');

  expect(await cli.run(['cp', join(folder, 'none'), 'node1:'])).toMatchObject({ code: 66 });
  const missing = await cli.run(['cp', 'node1:/none', folder]);
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('FILE_NOT_FOUND') });
});

test('a port of a node is one of this machine', async () => {
  const serve = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => 7000, Listen => 5, ReuseAddr => 1) or die;
    while (my $c = $s->accept) { $c->autoflush(1); print $c uc(<$c>); close $c }`;
  const background = 'setsid perl -e "$0" >/dev/null 2>&1 < /dev/null &';
  expect((await cli.run(['exec', 'node1', 'sh', '-c', background, serve])).code).toBe(0);
  const program = ['apps/cli/dist/main.js', 'forward', 'node1:7000', '0', '--json', '-s', session.link];
  const child = spawn(process.execPath, program);
  try {
    const [line] = await once(child.stdout, 'data');
    const port = Number(/:(\d+)$/.exec(JSON.parse(String(line)).address)?.[1]);
    const ask = () =>
      new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(port, '127.0.0.1', () => socket.write('hello\n'));
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('error', () => undefined).once('close', () => resolve(text));
      });
    await expect.poll(ask).toBe('HELLO\n');
    expect(await Promise.all([ask(), ask()])).toEqual(['HELLO\n', 'HELLO\n']);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('a node’s shell in one’s own terminal: keys go to the node, the size follows, its end is the command’s', async () => {
  const own = cli.terminal(['shell', 'node1']);
  try {
    await expect.poll(own.text).toContain(PROMPT);
    own.type('stty size; echo $((6*7))-ünïcödé\r');
    await expect.poll(own.text).toMatch(/30 100[\s\S]*42-ünïcödé/);
    own.resize(77, 21);
    // Until the node's terminal has it, the answer is the size before.
    await expect
      .poll(() => {
        own.type('stty size\r');
        return own.text();
      })
      .toContain('21 77');
    // An interrupt reaches the program on the node, and ends nothing here.
    own.type('echo g""oes; sleep 100\r');
    await expect.poll(own.text).toContain('goes\r\n');
    own.type('\x03');
    await expect.poll(own.text).toMatch(/goes\r\n[\s\S]*\^C[\s\S]*root@node1:/);
    own.type('exit 7\r');
    expect(await own.ended).toBe(7);
  } finally {
    own.kill();
  }
});

test('Ctrl-] leaves a shell, a signal’s end is told as a shell tells it, and a pipe is typed', async () => {
  const left = cli.terminal(['shell', 'node1']);
  const killed = cli.terminal(['shell', 'node1']);
  try {
    await expect.poll(left.text).toContain(PROMPT);
    left.type('\x1d');
    expect(await left.ended).toBe(0);
    await expect.poll(killed.text).toContain(PROMPT);
    killed.type('kill -9 $$\r');
    expect(await killed.ended).toBe(137);
  } finally {
    left.kill();
    killed.kill();
  }
  const piped = await cli.run(['shell', 'node1'], 'stty -echo\necho from-$((40+2))\nexit 3\n');
  expect(piped).toMatchObject({ code: 3, out: expect.stringContaining('from-42') });
});

test('a broken connection comes back, without a byte lost or twice, either way', async ({ stack }) => {
  const link: BadLink = await startBadLink(Number(new URL(stack.origin).port));
  const bad = session.link.replace(/:\d+\//, `:${link.port}/`);
  const own = cli.terminal(['shell', 'node1', '-s', bad], { cols: 80, rows: 24 });
  try {
    await expect.poll(own.text).toContain(PROMPT);
    own.type('stty -echo; echo re""ady; cat > /root/typed\r');
    await expect.poll(own.text).toContain('ready\r\n');
    const lines: string[] = [];
    const type = (count: number) => {
      const more = Array.from({ length: count }, (_, index) => `line ${lines.length + index}`);
      lines.push(...more);
      for (const line of more) own.type(`${line}\r`);
    };
    const typed = async () => (await cli.run(['exec', 'node1', 'cat', '/root/typed'])).out.trim().split('\n');
    for (let round = 0; round < 3; round += 1) {
      type(20);
      // What is under way may or may not have arrived, and more is typed meanwhile.
      link.cut();
      type(20);
      await expect.poll(typed, { timeout: 30_000 }).toEqual(lines);
    }
    own.type('\x04');
    own.type('for i in $(seq 1 40000); do echo "<$i>"; done; echo o""ver\r');
    for (let cut = 1; cut <= 3; cut += 1) {
      await expect.poll(() => own.text().includes(`<${cut * 5000}>`), { timeout: 30_000 }).toBe(true);
      link.cut();
    }
    await expect.poll(own.text, { timeout: 60_000 }).toContain('over');
    const numbers = [...own.text().matchAll(/<(\d+)>/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 40_000 }, (_, index) => index + 1));
    expect(link.cuts()).toBe(6);
    own.type('exit 5\r');
    expect(await own.ended).toBe(5);
  } finally {
    own.kill();
    await link.close();
  }
});

test('a command copied from the page is a shell of that node in one’s own terminal', async ({
  context,
  workbench,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.addNode('node1');
  await page.getByRole('button', { name: 'Actions for node1' }).click();
  await page.getByRole('menuitem', { name: 'Copy the command for your own terminal' }).click();
  await expect(page.getByText('no key, no ssh').first()).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toMatch(/^npm run -s drydock -- shell -s 'http:\/\/localhost:\d+\/s\/[a-z2-7]{8}#[\w-]{40,}' node1$/);
  const own = cli.terminal(['-c', command], { cols: 100, rows: 30 }, '/bin/sh');
  try {
    await expect.poll(own.text, { timeout: 30_000 }).toContain(PROMPT);
    // It is a terminal of the session as any: the page shows it, and types into it.
    own.type('tty; echo $((6*7))-ünïcödé\r');
    await page.getByRole('tab', { name: 'node1 (2)' }).click();
    await workbench.expectText('42-ünïcödé');
    await workbench.type('echo from-the-page-$((3*3))');
    await expect.poll(own.text).toContain('from-the-page-9');
    own.type('exit 7\r');
    expect(await own.ended).toBe(7);
  } finally {
    own.kill();
  }
});

test('a shell by a wrong link says so, and ends', async ({ stack }) => {
  const wrong = await cli.run(['shell', '-s', `${stack.origin}/s/aaaaaaaa#${'x'.repeat(43)}`, 'node1']);
  expect(wrong).toMatchObject({ code: 125, out: '', err: expect.stringMatching(/^SESSION_NOT_FOUND: [^\n]+\n$/) });
});

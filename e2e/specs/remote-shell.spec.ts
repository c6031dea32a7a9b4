/** `npm run shell`: what Play with Docker's ssh string was for, by the session's link. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '../support/test.ts';

const REPO = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command in a terminal of its own, as a person would; `text` is what that terminal was sent. */
function inTerminal(command: string) {
  const child: ChildProcessWithoutNullStreams = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: REPO,
    env: { ...process.env, SHELL: '/bin/sh', TERM: 'xterm-256color' },
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'exit').then(([code]) => code as number);
  return { type: (line: string) => child.stdin.write(line), text: () => text, ended, kill: () => child.kill() };
}

test('a node’s shell in one’s own terminal needs a link, no key and no open port', async ({
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
  expect(command).toMatch(/^npm run shell -- 'http:\/\/localhost:\d+\/s\/[a-z2-7]{8}#[\w-]{40,}' node1$/);

  const own = inTerminal(command);
  try {
    await expect.poll(own.text, { timeout: 30_000 }).toContain('root@node1:');
    own.type('tty; stty size; seq 1 100000 | tail -n 1; echo $((6*7))-ünïcödé\r');
    await expect.poll(own.text).toMatch(/\/dev\/pts\/\d+[\s\S]*\d+ \d+[\s\S]*100000[\s\S]*42-ünïcödé/);
    // It is a terminal of the session as any: the page shows it, and types into it.
    await page.getByRole('tab', { name: 'node1 (2)' }).click();
    await workbench.expectText('42-ünïcödé');
    await workbench.type('echo from-the-page-$((3*3))');
    await expect.poll(own.text).toContain('from-the-page-9');
    // An interrupt reaches the program, and its end is the command's own.
    own.type('echo goes; sleep 100\r');
    await expect.poll(own.text).toMatch(/goes\r+\n/);
    own.type('\x03');
    await expect.poll(own.text).toMatch(/goes[\s\S]*\^C[\s\S]*root@node1:/);
    own.type('exit 7\r');
    expect(await own.ended).toBe(7);
  } finally {
    own.kill();
  }

  const left = inTerminal(command);
  try {
    await expect.poll(left.text, { timeout: 30_000 }).toContain('root@node1:');
    left.type('\x1d');
    expect(await left.ended).toBe(0);
  } finally {
    left.kill();
  }
});

test('a shell by a wrong link says so, and ends', async ({ stack }) => {
  const own = inTerminal(`npm run --silent shell -- '${stack.origin}/s/aaaaaaaa#${'x'.repeat(43)}' node1`);
  expect(await own.ended).toBe(69);
  expect(own.text()).toContain('SESSION_NOT_FOUND');
});

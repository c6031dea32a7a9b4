/** The operator's page as an operator has it at night: on a phone, by a link that is good once, with the keyboard alone. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expectAccessible, look } from '../../support/look.ts';
import type { Stack } from '../../support/stack.ts';
import { expect, test } from '../../support/test.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** How often the node's process with `mark` in its command has waited for something: what is frozen does not. */
function turnsOf(mark: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)) continue;
      return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`no process has ${mark} in its command`);
}

function drydock(stack: Stack, ...args: string[]) {
  const options = { cwd: ROOT, env: { ...process.env, ...stack.env }, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync('npm', ['run', '-s', 'drydock', '--', 'operator', ...args, '--json'], options));
}

test('an operator sees a session from outside, freezes it, ends it, and its page says why', async ({
  workbench,
  page,
  stack,
  browser,
}) => {
  await workbench.addNode('node1');
  const mark = `turns-of-${workbench.sessionId}`;
  await workbench.type(`perl -e 'select undef, undef, undef, 0.02 while 1' ${mark} & echo be"gun"`);
  await workbench.expectText('begun');
  const { url } = drydock(stack, 'link') as { url: string };
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  const desk = await phone.newPage();
  await desk.goto(url);
  await expect(desk.getByRole('heading', { level: 1 })).toHaveText('Operator');
  // The token is in no history.
  expect(desk.url()).toBe(`${stack.origin}/operator`);
  const card = desk.getByRole('listitem').filter({ has: desk.getByRole('heading', { name: workbench.sessionId }) });
  await expect(card).toContainText('1 node');
  await expect(card).toContainText(/\d B sent, \d+ B received/);
  await look(desk, 'operator', { widths: [390, 1024] });
  await desk.setViewportSize({ width: 390, height: 844 });

  // The keyboard alone, from the button to the order.
  await desk.getByRole('button', { name: `Freeze session ${workbench.sessionId}` }).focus();
  await desk.keyboard.press('Enter');
  await expect(desk.getByRole('dialog')).toBeVisible();
  await expectAccessible(desk);
  await desk.keyboard.type('looking into it');
  await desk.screenshot({ path: 'e2e/test-results/screens/operator-freeze-390.png' });
  await desk.keyboard.press('Enter');
  await expect(card).toContainText('Frozen: looking into it');
  await expect(page.getByRole('status').filter({ hasText: 'looking into it' })).toBeVisible();
  const { frozen } = drydock(stack, 'show', workbench.sessionId) as { frozen: { reason: string } };
  expect(frozen.reason).toBe('looking into it');
  // The node's kernel obeys, not only the page, which may say so first: some fifty turns a second before, none now.
  const turnsWithin = async (ms: number) => {
    const before = turnsOf(mark);
    await sleep(ms);
    return turnsOf(mark) - before;
  };
  await expect.poll(() => turnsWithin(500)).toBe(0);
  // Who goes to a port of it reads the same, at once: its programs would take the connection and stay silent.
  const port = await page.context().newPage();
  await port.goto(stack.origin.replace('//', `//8080-node1-${workbench.sessionId}.`));
  await expect(port.locator('body')).toContainText('node1 is stopped for now');
  await expect(port.locator('body')).toContainText('looking into it');
  await port.screenshot({ path: 'e2e/test-results/screens/port-frozen.png' });
  await port.close();
  const turns = turnsOf(mark);

  await card.getByRole('button', { name: `Thaw session ${workbench.sessionId}` }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Thaw' }).click();
  await expect(card.getByRole('button', { name: `Freeze session ${workbench.sessionId}` })).toBeVisible();
  await expect.poll(() => turnsOf(mark)).toBeGreaterThan(turns + 5);
  await card.getByRole('button', { name: `End session ${workbench.sessionId}` }).click();
  await desk.getByLabel('Reason').fill('It mined.');
  await desk.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await expect(page.getByRole('main')).toContainText('It mined.');

  // Pictures of load come with the second sample, half a minute after the manager's start.
  await expect(desk.getByRole('img', { name: 'Sessions over the last hour' })).toBeVisible({ timeout: 45_000 });
  await expectAccessible(desk);
  await desk.screenshot({ path: 'e2e/test-results/screens/operator-load-390.png', fullPage: true });

  // The link is spent, and the page is nobody's without it.
  const other = await (await browser.newContext()).newPage();
  await other.goto(url);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('This page is for the operator');
  await expectAccessible(other);
});

test('an operator reads of an error that nothing caught, with its stack', async ({ stack, browser }) => {
  const { url } = drydock(stack, 'link') as { url: string };
  const desk = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
  // The place's own answer with one error more: a stack that has one fails this run (services.integration.test.mjs throws real ones).
  await desk.route('**/api/v1/operator/status', async (route) => {
    const response = await route.fetch();
    const status = (await response.json()) as { processes: { process: string; uncaught: object }[] };
    const manager = status.processes.find(({ process: name }) => name === 'manager');
    if (manager !== undefined) {
      const stackText = `TypeError: event.slice is not a function\n    at Socket.<anonymous> (${'browser-gateway.ts'.repeat(9)}:168:99)`;
      manager.uncaught = { count: 2, last: [{ at: 1_796_643_992_972, where: 'callback', stack: stackText }] };
    }
    await route.fulfill({ response, json: status });
  });
  await desk.goto(url);
  const part = desk.getByRole('region', { name: 'Errors that nothing caught' });
  await expect(part).toContainText('2 errors of manager');
  await part.getByText('Newest: ').click();
  await expect(part).toContainText('event.slice is not a function');
  await expectAccessible(desk);
  await desk.screenshot({ path: 'e2e/test-results/screens/operator-uncaught-390.png', fullPage: true });
});

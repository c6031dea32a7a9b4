/** What the page itself does for a terminal: pastes, and how far away the server is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM } from '../../playwright.config.ts';
import { expectAccessible } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('a terminal that is opened is in front, also when its answer is here before the fact that it exists', async ({
  workbench,
  page,
}) => {
  // Facts come by the session's connection, the answer by that of the terminals: this holds back the facts, as a busy server may.
  const held: (string | Buffer)[] = [];
  let isHolding = false;
  let release = () => {};
  await page.routeWebSocket(/socket\.io/, (socket) => {
    socket.connectToServer().onMessage((message) => {
      isHolding ||= held.length === 0 && /"kind":"terminal".*"node":"node2"/.test(String(message));
      if (isHolding) held.push(message);
      else socket.send(message);
    });
    release = () => {
      isHolding = false;
      for (const message of held) socket.send(message);
    };
  });
  await page.reload();
  await workbench.ready();
  await workbench.addNode('node1');
  await page.getByRole('button', { name: 'Add node' }).first().click();
  await expect.poll(() => held.length).toBeGreaterThan(0);
  const front = page.getByRole('tab', { selected: true });
  await expect(front).toHaveText('node2');
  release();
  await workbench.type('echo in-$(hostname)');
  await workbench.expectText('in-node2');
  await expect(front).toHaveText('node2');
});

test('several lines pasted into a plain shell are asked about, into one with bracketed paste not', async ({
  context,
  workbench,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await workbench.addNode('node1');
  const paste = async (text: string) => {
    await page.evaluate((what) => navigator.clipboard.writeText(what), text);
    await page.keyboard.press('Control+Shift+V');
  };
  const dialog = page.getByRole('alertdialog');
  // bash takes it as one text, and runs it when told.
  await paste('echo bracketed-$((1+1))\necho bracketed-$((2+2))');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('Enter');
  await workbench.expectText('bracketed-4');

  await workbench.type('clear; PS1="plain> " sh');
  await workbench.expectText('plain>');
  await paste('echo first-$((3+3))\necho second-$((4+4))\n');
  await expect(dialog).toContainText('echo second');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await workbench.type('echo nothing-$((5+5))');
  await workbench.expectText('nothing-10');
  await expect(workbench.screen).not.toContainText('first-6');

  await paste('echo first-$((3+3))\necho second-$((4+4))\n');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Paste', exact: true }).click();
  await workbench.expectText('second-8');
  await paste('echo third-$((6+6))\necho fourth-$((7+7))\n');
  await workbench.expectText('fourth-14');
  await expect(dialog).toBeHidden();
});

for (const [system, platform, pastes] of [
  ['Windows', 'Win32', true],
  ['Linux', 'Linux x86_64', false],
] as const) {
  test(`Ctrl+V pastes where people expect it: ${system}`, async ({ context, workbench, page }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.addInitScript((value) => Object.defineProperty(navigator, 'platform', { value }), platform);
    await page.reload();
    await workbench.addNode('node1');
    await page.evaluate(() => navigator.clipboard.writeText('echo pasted-$((2+3))'));
    await page.keyboard.press('Control+v');
    const hint = page.getByRole('button', { name: 'Make Ctrl+V paste' });
    if (!pastes) {
      await page.screenshot({ path: 'e2e/test-results/screens/ctrl-v.png' });
      // The shell takes the next key literally; once told, Ctrl+V pastes.
      await hint.click();
      await expect.poll(() => page.evaluate(() => document.activeElement?.closest('.xterm') !== null)).toBe(true);
      await page.keyboard.type('x');
      await page.keyboard.press('Control+c');
      await page.keyboard.press('Control+v');
    }
    await page.keyboard.press('Enter');
    await workbench.expectText('pasted-5');
    await expect(hint).toBeHidden();
  });
}

test('a click on a tab lands in its terminal, also when it is in front; input is broadcast to what is visible', async ({
  workbench,
  page,
}) => {
  await workbench.addNode('node1');
  await workbench.addNode('node2');
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  await tab('node2').click();
  await page.keyboard.type('echo still-$(hostname)');
  await page.keyboard.press('Enter');
  await workbench.expectText('still-node2');
  await tab('node1').click();
  await page.keyboard.type('echo now-$(hostname)');
  await page.keyboard.press('Enter');
  await workbench.expectText('now-node1');

  await page.getByRole('button', { name: 'Broadcast input' }).click();
  await expect(page.getByText('Your typing goes to 1 terminal: node1.')).toBeVisible();
  await page.keyboard.type('echo seen-$((5+6))');
  await page.keyboard.press('Enter');
  await workbench.expectText('seen-11');
  await page.screenshot({ path: 'e2e/test-results/screens/broadcast-one.png' });
  await tab('node2').click();
  await expect(page.getByText('Your typing goes to 1 terminal: node2.')).toBeVisible();
  await page.keyboard.type('echo after-$((6+6))');
  await page.keyboard.press('Enter');
  await workbench.expectText('after-12');
  await expect(workbench.screen).not.toContainText('seen-11');
});

test('localhost in the output of a node is the node, not the machine of the visitor', async ({
  context,
  workbench,
  page,
}) => {
  await workbench.addNode('node1');
  await workbench.type('clear; echo "see http://localhost:8080/started?by=$((1+1))#now"');
  await workbench.expectText('by=2#now');
  const link = await workbench.screen.getByText('see http', { exact: false }).last().boundingBox();
  const [x, y] = [(link?.x ?? 0) + 80, (link?.y ?? 0) + 8];
  await page.mouse.move(x, y);
  const shown = page.locator('.terminal-link-target');
  const { port } = new URL(page.url());
  const opened = `http://8080-node1-${workbench.sessionId}.localhost:${port}/started?by=2#now`;
  await expect(shown).toHaveText(opened);
  await page.screenshot({ path: 'e2e/test-results/screens/node-link.png' });
  const [tab] = await Promise.all([context.waitForEvent('page'), page.mouse.click(x, y)]);
  await expect(tab).toHaveURL(opened);
});

test('closing a terminal asks by the name of what runs in it, and is undone for a while at the prompt', async ({
  workbench,
  page,
}) => {
  await workbench.addNode('node1');
  await workbench.type('mark=alive; echo set-$((1+1))');
  await workbench.expectText(/set-2.*root@node1/);
  const tab = page.getByRole('tab', { name: 'node1' });
  const remove = async () => {
    await tab.focus();
    await page.keyboard.press('Delete');
  };
  const undo = page.getByRole('button', { name: 'Undo' });
  await remove();
  await expect(tab).toBeHidden();
  await page.screenshot({ path: 'e2e/test-results/screens/close-undo.png' });
  await undo.click();
  await expect(tab).toBeVisible();
  await page.keyboard.type('echo still-$mark');
  await page.keyboard.press('Enter');
  await workbench.expectText('still-alive');

  await workbench.type('tail -f /etc/hostname');
  await workbench.expectText(/hostname\s*node1/);
  await remove();
  await expect(page.getByRole('alertdialog')).toContainText('“tail” is still running');
  await expectAccessible(page);
  await page.screenshot({ path: 'e2e/test-results/screens/close-running.png' });
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('.xterm, [role=tab]') !== null))
    .toBe(true);
  await tab.click();
  await page.keyboard.press('Control+c');
  await workbench.type('echo again-$mark');
  await workbench.expectText(/again-alive.*root@node1/);

  // When nobody undoes it, the shell is gone: the next one knows nothing of it.
  await remove();
  await expect(undo).toBeVisible();
  await expect(undo).toBeHidden();
  await page.reload();
  await workbench.expectPrompt('node1');
  await workbench.type('echo "new-$mark."');
  await workbench.expectText('new-.');
});

test('the page can be installed as an app, so that Ctrl+W, T and N reach the shell', async ({ playwright, stack }) => {
  // A profile on the disk: a private window installs nothing.
  const profile = mkdtempSync(join(tmpdir(), 'dd-profile-'));
  const browser = await playwright.chromium.launchPersistentContext(profile, CHROMIUM);
  try {
    const page = await browser.newPage();
    await page.goto(stack.origin);
    const chromium = await browser.newCDPSession(page);
    const { url, errors } = await chromium.send('Page.getAppManifest');
    expect({ path: new URL(url).pathname, errors }).toEqual({ path: '/manifest.webmanifest', errors: [] });
    const { installabilityErrors } = await chromium.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

test('the page says how far away the server is', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await expect(page.getByRole('img', { name: /Connection: \d+ milliseconds/ })).toBeVisible();
});

test('a flood builds each row once a frame, and leaves every line that fits; a selection is still shown', async ({
  workbench,
  page,
}) => {
  await workbench.addNode('node1');
  await page.evaluate(() => {
    const counts = { builds: 0, frames: 0 };
    Object.assign(window, { rowCounts: counts });
    let isNewFrame = true;
    const frame = () => {
      isNewFrame = true;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const row = document.querySelector('.xterm-rows > div:nth-child(5)') as Element;
    new MutationObserver((records) => {
      counts.builds += records.length;
      if (isNewFrame) counts.frames += 1;
      isNewFrame = false;
    }).observe(row, { childList: true });
  });
  await workbench.type('seq 1 2000000; echo end-$((3+4))');
  await workbench.expectText('end-7');
  const { builds, frames } = await page.evaluate(
    () => (window as unknown as { rowCounts: { builds: number; frames: number } }).rowCounts,
  );
  expect(frames).toBeGreaterThan(5);
  expect(builds).toBeLessThan(frames * 1.5);

  // What is above the screen is whole: the last numbers, one a line, up to the scrollback's bound.
  await page.keyboard.press('Shift+PageUp');
  const text = (await workbench.screen.locator('> div').allTextContents()).map((line) => line.trim());
  const numbers = text.filter((line) => /^\d+$/.test(line)).map(Number);
  expect(numbers.length).toBeGreaterThan(10);
  expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] as number) + i));

  const selection = page.locator('.xterm-selection div');
  const box = await workbench.screen.boundingBox();
  // Rows are built anew all the time: the mouse finds what is there.
  await page.mouse.dblclick((box?.x ?? 0) + 20, (box?.y ?? 0) + 30);
  await expect(selection).not.toHaveCount(0);
  await page.keyboard.type('x');
  await expect(selection).toHaveCount(0);
});

test('whoever wants more lines above the screen has them, in the terminals that are open too', async ({
  workbench,
  page,
}) => {
  await workbench.addNode('node1');
  /** The first number that is shown some 4,500 lines further up, or at the top. */
  const topmost = async () => {
    for (let pages = 0; pages < 130; pages += 1) await page.keyboard.press('Shift+PageUp');
    const rows = await workbench.screen.locator('> div').allTextContents();
    return Number(rows.map((row) => row.trim()).find((row) => /^\d+$/.test(row)));
  };
  const print = async (mark: string) => {
    await workbench.type(`clear; seq 1 20000; echo ${mark}-$((3+4))`);
    await workbench.expectText(`${mark}-7`);
  };
  await print('short');
  const short = await topmost();
  expect(short).toBeGreaterThan(16_500);
  expect(short).toBeLessThan(17_200);
  await page.getByRole('button', { name: 'Settings' }).first().click();
  await page.getByRole('switch', { name: 'Long scrollback' }).click();
  await page.keyboard.press('Escape');
  // The dialog gives the focus back a moment later: what is typed before that would follow it.
  await expect(page.getByRole('button', { name: 'Settings' }).first()).toBeFocused();
  await print('long');
  expect(await topmost()).toBeLessThan(16_300);
});

/** A terminal is a terminal: programs that need one, prompts that hide what is typed, and what programs may do to clipboard and links. */
import type { Page } from '@playwright/test';
import type { WorkbenchPage } from '../../pages/workbench-page.ts';
import { expect, test } from '../../support/test.ts';

/** Types without Enter. */
const keys = (page: Page, text: string) => page.keyboard.type(text);

/** Where a text of the shown terminal is, as a place to click at. */
async function placeOf(workbench: WorkbenchPage, text: string): Promise<{ x: number; y: number }> {
  const place = await workbench.screen.evaluate((rows, wanted) => {
    for (const row of rows.children) {
      const at = (row.textContent ?? '').lastIndexOf(wanted);
      if (at === -1 || (row.textContent ?? '').includes('printf')) continue;
      const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      let rest = at;
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const length = node.textContent?.length ?? 0;
        if (rest < length) {
          const range = document.createRange();
          range.setStart(node, rest);
          range.setEnd(node, rest + 1);
          const { x, y, width, height } = range.getBoundingClientRect();
          return { x: x + width / 2, y: y + height / 2 };
        }
        rest -= length;
      }
    }
    return null;
  }, text);
  if (place === null) throw new Error(`no ${text} on the screen`);
  return place;
}

test('tty, job control, vim, tmux and hidden prompts work as in a window of one’s own', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type('tty; test -t 0 && test -t 1 && echo both-$((1+1)); stty size');
  await workbench.expectText(/\/dev\/pts\/\d+/);
  await workbench.expectText('both-2');

  await test.step('job control', async () => {
    await workbench.type('clear; sleep 300');
    await page.waitForTimeout(300);
    await page.keyboard.press('Control+z');
    await workbench.expectText('Stopped');
    await workbench.type('bg; jobs; kill %1; wait; echo "jobs"-over');
    await workbench.expectText('jobs-over');
    await workbench.expectText('Running');
  });

  await test.step('vim', async () => {
    await workbench.type('clear; vim /tmp/poem.txt');
    await workbench.expectText('/tmp/poem.txt');
    await keys(page, 'iroses are red');
    await page.keyboard.press('Escape');
    await keys(page, 'yypcwviolets');
    await page.keyboard.press('Escape');
    await keys(page, ':wq');
    await page.keyboard.press('Enter');
    // What is typed while it leaves is vim's to throw away.
    await workbench.expectPrompt('node1');
    await workbench.type('clear; cat /tmp/poem.txt');
    await workbench.expectText(/roses are red\s*violets are red/);
  });

  await test.step('tmux: two panes, detached and attached again', async () => {
    await workbench.type('clear; tmux new -s work');
    await workbench.expectText('[work]');
    await page.keyboard.press('Control+b');
    await keys(page, '"');
    await workbench.type('echo second-$((40+2)); tty');
    await workbench.expectText('second-42');
    await page.keyboard.press('Control+b');
    await keys(page, 'd');
    await workbench.expectText('[detached (from session work)]');
    await workbench.type('clear; tmux list-panes -t work | wc -l | sed s/^/panes-/');
    await workbench.expectText('panes-2');
    await workbench.type('tmux attach -t work');
    await workbench.expectText('second-42');
    await workbench.type('tmux kill-server');
    await workbench.expectText('[server exited]');
  });

  await test.step('passwd and sudo hide what is typed', async () => {
    await workbench.type('clear; useradd -m -G sudo ann; passwd ann');
    await workbench.expectText('New password:');
    await workbench.type('Sesame-123');
    await workbench.expectText('Retype new password:');
    await workbench.type('Sesame-123');
    await workbench.expectText('password updated successfully');
    await workbench.type(`su -P ann -c 'sudo -p "who are you? " whoami | sed s/^/i-am-/'`);
    // The command names it too.
    await workbench.expectText(/who are you\?.*who are you\?/s);
    await workbench.type('Sesame-123');
    await workbench.expectText('i-am-root');
    await expect(workbench.screen).not.toContainText('Sesame');
  });
});

test('a program may write to the clipboard and not read it; links lead to the web and nowhere else', async ({
  workbench,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await workbench.addNode('node1');
  await workbench.type(`clear; printf '\\033]52;c;%s\\a' "$(printf 'from the node' | base64)"; echo writ"ten"`);
  await workbench.expectText('written');
  await expect.poll(clipboard).toBe('from the node');

  // Not even an empty answer, which would be typed into the shell. What is typed here must not look like what is said.
  await workbench.type(
    `printf '\\033]52;c;?\\a'; IFS= read -rs -t 2 -n 40 x; printf 'ans''wer[%s]\\n' "$(printf %s "$x" | cat -v)"`,
  );
  await workbench.expectText('answer[]');
  await expect(workbench.screen).not.toContainText(Buffer.from('from the node').toString('base64'));

  await test.step('Ctrl+C copies a selection, and interrupts without one', async () => {
    await workbench.type('clear; echo copy"-me"; sleep 300');
    await workbench.expectText('copy-me');
    const { x, y } = await placeOf(workbench, 'copy-me');
    await page.mouse.dblclick(x + 10, y);
    await page.keyboard.press('Control+c');
    await expect.poll(clipboard).toBe('copy-me');
    await expect(workbench.screen).not.toContainText('^C');
    await page.keyboard.press('Control+c');
    await workbench.expectText('^C');
  });

  await test.step('OSC 8', async () => {
    const link = (to: string, text: string) => `\\033]8;;${to}\\033\\\\${text}\\033]8;;\\033\\\\`;
    // Not of this machine, since `localhost` in a terminal is the node; nothing is asked outside.
    const web = 'http://web.example/library';
    await context.route('http://web.example/**', (route) => route.fulfill({ body: 'the web' }));
    await workbench.type(`clear; printf '${link(web, 'goodlink')} ${link('javascript:alert(1)', 'badlink')}\\n'`);
    await workbench.expectText('goodlink badlink');
    const opened: string[] = [];
    context.on('page', (popup) => opened.push(popup.url()));
    const pointed = page.locator('.xterm-screen.xterm-cursor-pointer');
    const bad = await placeOf(workbench, 'dlink');
    // xterm looks for links in a line when the pointer comes to it from another one.
    await page.mouse.move(bad.x, bad.y + 200);
    await page.mouse.move(bad.x, bad.y);
    await page.mouse.move(bad.x + 2, bad.y);
    await page.waitForTimeout(1000);
    await expect(pointed).toHaveCount(0);
    await page.mouse.click(bad.x + 2, bad.y);
    const good = await placeOf(workbench, 'odlink');
    await page.mouse.move(good.x, good.y);
    await page.mouse.move(good.x + 2, good.y);
    await expect(pointed).toHaveCount(1);
    // Where it leads is shown, and asked about, since its text says something else.
    await expect(page.locator('.terminal-link-target')).toHaveText(web);
    await page.mouse.click(good.x + 2, good.y);
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('goodlink');
    await expect(dialog).toContainText(web);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(opened).toEqual([]);
    await page.mouse.move(good.x, good.y + 100);
    await expect(page.locator('.terminal-link-target')).toHaveCount(0);
    await page.mouse.move(good.x, good.y);
    await page.mouse.move(good.x + 2, good.y);
    await page.mouse.click(good.x + 2, good.y);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => opened.length).toBe(1);

    await workbench.type(`clear; printf '${link(web, web)}\\n'; echo same"-link"`);
    await workbench.expectText('same-link');
    const same = await placeOf(workbench, 'library');
    await page.mouse.move(same.x, same.y + 100);
    await page.mouse.move(same.x, same.y);
    await page.mouse.move(same.x + 2, same.y);
    await expect(pointed).toHaveCount(1);
    await page.mouse.click(same.x + 2, same.y);
    await expect.poll(() => opened.length).toBe(2);
    await expect(dialog).toBeHidden();
  });
});

/** What the page itself does for a terminal: pastes, links, the clipboard of programs, and how far away the server is. */
import { expect, test } from '../support/test.ts';

test('several lines pasted into a plain shell are asked about, into one with bracketed paste not', async ({
  context,
  lab,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await lab.addNode('node1');
  const paste = async (text: string) => {
    await page.evaluate((what) => navigator.clipboard.writeText(what), text);
    await page.keyboard.press('Control+Shift+V');
  };
  const dialog = page.getByRole('alertdialog');
  // bash takes it as one text, and runs it when told.
  await paste('echo bracketed-$((1+1))\necho bracketed-$((2+2))');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('Enter');
  await lab.expectText('bracketed-4');

  await lab.type('clear; PS1="plain> " sh');
  await lab.expectText('plain>');
  await paste('echo first-$((3+3))\necho second-$((4+4))\n');
  await expect(dialog).toContainText('echo second');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await lab.type('echo nothing-$((5+5))');
  await lab.expectText('nothing-10');
  await expect(lab.screen).not.toContainText('first-6');

  await paste('echo first-$((3+3))\necho second-$((4+4))\n');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Paste', exact: true }).click();
  await lab.expectText('second-8');
  await paste('echo third-$((6+6))\necho fourth-$((7+7))\n');
  await lab.expectText('fourth-14');
  await expect(dialog).toBeHidden();
});

test('a program may write the clipboard, never read it, and links only where the web is', async ({
  context,
  lab,
  page,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await lab.addNode('node1');
  await lab.type(`printf '\\e]52;c;%s\\a' "$(printf of-the-node | base64)"; echo written`);
  await lab.expectText('written');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('of-the-node');
  // Who asks for the clipboard would get it as if it were typed.
  await lab.type(`clear; printf '\\e]52;c;?\\a'; read -r -t 1 -n 1 got; echo "answer:[$got]"`);
  await lab.expectText('answer:[]');

  await lab.type(
    `clear; printf '\\e]8;;javascript:alert(1)\\alocal\\e]8;;\\a \\e]8;;${page.url().replace(/\/s\/.*/, '')}/library\\alibrary\\e]8;;\\a\\n'`,
  );
  const opened: string[] = [];
  context.on('page', (other) => opened.push(other.url()));
  const click = async (word: string) => {
    const box = await lab.screen.getByText(word, { exact: true }).last().boundingBox();
    await page.mouse.move((box?.x ?? 0) + 6, (box?.y ?? 0) + 6);
    await page.waitForTimeout(300);
    await page.mouse.down();
    await page.mouse.up();
  };
  await click('local');
  const [library] = await Promise.all([context.waitForEvent('page'), click('library')]);
  await expect(library).toHaveURL(/\/library$/);
  expect(opened).toHaveLength(1);
  await library.close();
});

test('the page says how far away the server is', async ({ lab, page }) => {
  await lab.addNode('node1');
  await expect(page.getByRole('img', { name: /Connection: \d+ milliseconds/ })).toBeVisible();
});

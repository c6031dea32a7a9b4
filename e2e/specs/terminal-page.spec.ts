/** What the page itself does for a terminal: pastes, and how far away the server is. */
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

test('the page says how far away the server is', async ({ lab, page }) => {
  await lab.addNode('node1');
  await expect(page.getByRole('img', { name: /Connection: \d+ milliseconds/ })).toBeVisible();
});

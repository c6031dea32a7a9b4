/** Files as a learner works with them: tree, editor, uploads, downloads, odd names, and who gets none. */
import { readFileSync } from 'node:fs';
import { FilesPanel } from '../../pages/files-panel.ts';
import { createSession } from '../../support/api.ts';
import { look } from '../../support/look.ts';
import { expect, test } from '../../support/test.ts';

test('a file is made, edited, saved, seen by the shell, renamed and deleted', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const files = new FilesPanel(page);
  await files.open();
  await files.create('New folder', 'app');
  await expect(files.item('app')).toHaveAttribute('aria-selected', 'true');
  await files.create('New file', 'hello.sh');
  const text = files.editor('hello.sh');
  await text.click();
  await page.keyboard.type('#!/bin/sh\necho "from the editor"\n');
  await expect(page.getByRole('tab', { name: 'hello.sh, unsaved changes' })).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('tab', { name: 'hello.sh', exact: true })).toBeVisible();

  await workbench.type('chmod 755 app/hello.sh && cat app/hello.sh && app/hello.sh | tr a-z A-Z');
  await workbench.expectText('FROM THE EDITOR');

  // The mode stays over a save.
  await text.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('echo again\n');
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('tab', { name: 'hello.sh', exact: true })).toBeVisible();
  await workbench.type('clear; stat -c "mode %a" app/hello.sh; app/hello.sh');
  await workbench.expectText('mode 755');
  await workbench.expectText('again');

  await files.item('hello.sh').focus();
  await page.keyboard.press('F2');
  const rename = page.getByRole('dialog', { name: /Rename or move/ });
  await expect(rename.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await rename.getByRole('textbox', { name: 'Name' }).fill('greet.sh');
  await rename.getByRole('textbox', { name: 'Folder' }).fill('/root');
  await rename.getByRole('button', { name: 'Save' }).click();
  await expect(files.item('greet.sh')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'greet.sh', exact: true })).toBeVisible();

  await files.item('app').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(files.item('app')).toBeHidden();
  await workbench.type('clear; ls -1 && echo "that is all"');
  await workbench.expectText('that is all');
  await expect(workbench.screen).toContainText('greet.sh');
  await expect(workbench.screen).not.toContainText('app');
});

test('a change by somebody else is shown before anything is overwritten', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const files = new FilesPanel(page);
  await files.open();
  await files.create('New file', 'conf.yaml');
  const text = files.editor('conf.yaml');
  await text.click();
  await page.keyboard.type('mine: 1');
  await workbench.type('echo "theirs: 1" > conf.yaml; echo done-$?');
  await workbench.expectText('done-0');
  // Coming back to the file shows it already; a save would find it in any case.
  await text.click();
  await page.keyboard.press('Control+s');
  const alert = page.getByRole('alert').filter({ hasText: 'else changed this file' });
  await expect(alert).toBeVisible();
  await workbench.type('clear; cat conf.yaml; echo read-$?');
  await workbench.expectText('theirs: 1');

  await alert.getByRole('button', { name: 'Overwrite with mine' }).click();
  await expect(alert).toBeHidden();
  await workbench.type('clear; cat conf.yaml; echo; echo read-$?');
  await workbench.expectText('mine: 1');

  await text.click();
  await page.keyboard.type(' # typed');
  await workbench.type('clear; echo "theirs: 2" > conf.yaml; echo done-$?');
  await workbench.expectText('done-0');
  await text.click();
  await page.keyboard.press('Control+s');
  await alert.getByRole('button', { name: 'Reload theirs' }).click();
  await expect(text).toHaveText(/theirs: 2/);
  await expect(text).not.toContainText('typed');
});

test('closing a file with unsaved text asks, and saves when told', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const files = new FilesPanel(page);
  await files.open();
  await files.create('New file', 'notes');
  await files.editor('notes').click();
  await page.keyboard.type('kept');
  await page.getByRole('tab', { name: 'notes, unsaved changes' }).focus();
  await page.keyboard.press('Delete');
  const question = page.getByRole('alertdialog', { name: 'Save notes before closing?' });
  await question.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('tab', { name: /notes/ })).toBeHidden();
  await workbench.type('cat notes; echo');
  await workbench.expectText('kept');
});

test('files and folders are uploaded by dropping them on the tree or on a terminal', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  const files = new FilesPanel(page);
  await files.open();
  await files.drop(files.tree, [
    { path: 'single.txt', content: 'one' },
    { path: 'site/index.html', content: '<h1>two</h1>' },
    { path: 'site/deep/-odd "name"', content: 'three' },
  ]);
  const uploads = files.panel.getByRole('region', { name: 'Uploads' });
  await expect(uploads.getByText(/^Done ·/)).toHaveCount(2);
  await expect(files.item('single.txt')).toBeVisible();
  await expect(files.item('site')).toBeVisible();
  await workbench.type(
    'clear; cat single.txt site/index.html "site/deep/-odd \\"name\\""; echo; mkdir -p "/srv/my app"',
  );
  await workbench.expectText('one<h1>two</h1>three');

  // What is there is not replaced without a word.
  await files.drop(files.tree, [{ path: 'single.txt', content: 'other' }]);
  await expect(uploads.getByText('A file of that name is there.')).toBeVisible();
  await uploads.getByRole('button', { name: 'Replace' }).click();
  await expect(uploads.getByText(/^Done ·/)).toHaveCount(3);

  await workbench.type('clear; cd "/srv/my app"; cat /root/single.txt; echo');
  await workbench.expectText('other');
  await workbench.expectText('my app#');
  await files.drop(workbench.screen, [{ path: 'dropped.txt', content: 'into the folder of the shell' }]);
  await expect(uploads.getByText(/^Done ·/)).toHaveCount(4);
  await workbench.type('clear; pwd; cat dropped.txt; echo');
  await workbench.expectText('into the folder of the shell');
});

test('a large upload goes on after the connection was lost, and can be cancelled without a trace', async ({
  workbench,
  page,
}) => {
  await workbench.addNode('node1');
  const files = new FilesPanel(page);
  await files.open();
  const choose = async (name: string) => {
    await files.panel.getByRole('button', { name: 'Upload', exact: true }).click();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('menuitem', { name: 'Upload files…' }).click();
    await (await chooser).setFiles({ name, mimeType: '', buffer: Buffer.alloc(18 * 1024 * 1024, name) });
  };
  const uploads = files.panel.getByRole('region', { name: 'Uploads' });

  // The second piece and what follows do not get through at first.
  let cut = true;
  const pieces: string[] = [];
  await page.route(/\/files\?.*upload=/, async (route) => {
    const range = (await route.request().headerValue('content-range')) ?? '';
    pieces.push(range);
    if (cut && !range.startsWith('bytes 0-')) await route.abort('connectionreset');
    else await route.continue();
  });
  await choose('kept.bin');
  await expect(uploads.getByText('Connection lost. It goes on by itself.')).toBeVisible();
  cut = false;
  await expect(uploads.getByText(/^Done ·/)).toHaveCount(1);
  expect(pieces.filter((range) => range.startsWith('bytes 0-'))).toHaveLength(1);
  await workbench.type('clear; stat -c "%n %s bytes" kept.bin');
  await workbench.expectText(`kept.bin ${18 * 1024 * 1024} bytes`);

  cut = true;
  await choose('given-up.bin');
  await expect(uploads.getByText('Connection lost. It goes on by itself.')).toBeVisible();
  await uploads.getByRole('button', { name: 'Cancel the upload of given-up.bin' }).click();
  await expect(uploads.getByText('Cancelled')).toBeVisible();
  await page.unroute(/\/files\?.*upload=/);
  await workbench.type('clear; while ls -A | grep -e part -e given; do sleep 0.5; done; echo "all"gone');
  await workbench.expectText('allgone');
});

test('a file, a folder, the shell history and /root are downloaded', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type('mkdir d && echo inside > d/f && echo "to be kept" > d/keep.txt && echo made-$?');
  await workbench.expectText('made-0');
  const files = new FilesPanel(page);
  await files.open();
  const saved = async (press: () => Promise<void>) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  await files.item('d').focus();
  await page.keyboard.press('ArrowRight');
  const file = await saved(() => files.menu('keep.txt', 'Download'));
  expect([file.name, file.bytes.toString()]).toEqual(['keep.txt', 'to be kept\n']);
  const folder = await saved(() => files.menu('d', 'Download as tar'));
  expect(folder.name).toBe('d.tar');
  expect(folder.bytes.includes('d/keep.txt')).toBe(true);

  const more = async (command: string) => {
    await files.panel.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: command }).click();
  };
  const history = await saved(() => more('Download the shell history'));
  expect(history.name).toBe('node1-history.txt');
  expect(history.bytes.toString()).toContain('mkdir d && echo inside > d/f');
  const home = await saved(() => more('Download /root as tar'));
  expect(home.bytes.includes('root/d/keep.txt')).toBe(true);
});

test('odd names are shown as they are, opened, renamed and deleted', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type(
    `printf x > $'two\\nlines'; printf y > ./-rf; printf z > 'größe "🚢" $(x)'; printf b > $'bad\\xff'; clear; echo "all "made`,
  );
  await workbench.expectText('all made');
  const files = new FilesPanel(page);
  await files.open();
  for (const [name, content] of [
    ['two\u240alines', 'x'],
    ['-rf', 'y'],
    ['größe "🚢" $(x)', 'z'],
  ] as const) {
    await files.item(name).click();
    await expect(files.editor(name)).toHaveText(content);
  }
  await expect(files.item('bad\ufffd')).toHaveAttribute('title', /not UTF-8/);
  await files.item('two\u240alines').focus();
  await page.keyboard.press('F2');
  const rename = page.getByRole('dialog', { name: /Rename or move/ });
  await rename.getByRole('textbox', { name: 'Folder' }).fill('/tmp');
  await rename.getByRole('button', { name: 'Save' }).click();
  await expect(files.item('two\u240alines')).toBeHidden();
  await workbench.type(`clear; cat $'/tmp/two\\nlines'; echo " moved"`);
  await workbench.expectText('x moved');
  await files.item('-rf').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(files.item('-rf')).toBeHidden();
});

test('binary and large files are refused with a download, links lead where they point', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type(
    'head -c 5000 /dev/urandom > noise; head -c 3000000 /dev/zero | tr "\\0" a > long; ln -s /etc etc; clear; echo "all "made',
  );
  await workbench.expectText('all made');
  const files = new FilesPanel(page);
  await files.open();
  await files.item('noise').click();
  await expect(page.getByRole('heading', { name: 'This is not a text file' })).toBeVisible();
  await files.item('long').click();
  await expect(page.getByRole('heading', { name: 'This file is too large for the editor' })).toBeVisible();
  await files.item('etc').click();
  await expect(files.item('hostname')).toBeVisible();
  await files.panel.getByRole('button', { name: '/', exact: true }).click();
  await expect(files.item('proc')).toBeVisible();
});

test('a viewer gets no files, and is told so', async ({ page, stack }) => {
  const session = await createSession(stack.origin);
  try {
    await session.addNode('node1');
    await page.goto(session.created.links.viewer);
    await page.getByRole('button', { name: 'Files', exact: true }).click();
    const panel = page.getByRole('complementary', { name: 'Files', exact: true });
    await expect(panel).toContainText('Your link is for watching');
    await expect(panel.getByRole('tree')).toBeHidden();
  } finally {
    await session.close();
  }
});

test('the panel and the editor look right and are accessible', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type(
    'mkdir -p app/web app/db && printf "FROM nginx\\nCOPY web /usr/share/nginx/html\\n" > app/Dockerfile',
  );
  await workbench.type(
    'printf "services:\\n  web:\\n    image: nginx\\n    ports:\\n      - 8080:80\\n    environment:\\n      MODE: \\"dev\\" # not for production\\n" > app/compose.yaml; touch app/web/index.html; clear; echo "all "made',
  );
  await workbench.expectText('all made');
  const files = new FilesPanel(page);
  await files.open();
  await files.item('app').click();
  await files.drop(files.tree, [{ path: 'notes.txt', content: 'some notes' }]);
  await expect(files.panel.getByText(/^Done ·/)).toBeVisible();
  await look(page, 'files-tree');
  await files.item('compose.yaml').click();
  await expect(files.editor('compose.yaml')).toContainText('image');
  await look(page, 'files-editor');
  await files.editor('compose.yaml').click();
  await page.keyboard.type('# ');
  await page.keyboard.press('Control+f');
  await expect(page.getByRole('textbox', { name: 'Find' })).toBeVisible();
  await look(page, 'files-find');

  await page.setViewportSize({ width: 390, height: 844 });
  await files.open();
  await look(page, 'files-sheet');
});

/** Pages that were written for Play with Docker's SDK, unmodified but for the script's address; a recording frame stands for the installation. */
import { expect, type Page, test } from '@playwright/test';
import { type EmbedOrigins, startEmbedOrigins } from '../../support/embed-origins.ts';

const SCRIPT = '<script src="EMBED_ORIGIN/pwd-sdk/dist/pwd.js"></script>';
/** As the training posts have it: places at the right, blocks by kramdown, all started when the page is loaded. */
const POST = `<body>${SCRIPT}
  <div class="content">
    <pre id="one"><code class="language-.term1">docker swarm init --advertise-addr $(hostname -i)\n</code></pre>
    <ol><li><div class="highlighter-rouge"><pre id="two"><code class="language-.term2">cat &lt;&lt;E
  a  b
E
</code></pre></div></li></ol>
    <pre id="ten"><code class="language-.term10">not here\n</code></pre>
    <pre id="prompts"><code class="language-.term1">$ docker ps
CONTAINER ID</code></pre>
    <pre id="hidden" data-command-src="ZWNobyBhCmVjaG8g4oKsCg=="><code class="language-.term1">$ echo a\na</code></pre>
    <button id="file" data-upload-term=".term2" data-upload-path="/etc/app" data-upload-src="app.conf:w7w9MQ==">app.conf</button>
    <button id="fetched" data-upload-term=".term1" data-upload-path="" data-source-url="https://example.org/a/it's.yml">a.yml</button>
    <a id="port" href="/vote/" data-term=".term2" data-port="5000">the page</a>
  </div>
  <div class="term1" style="height:200px"></div><div class="term2"></div>
  <script>
    window.heard = [];
    for (const name of ['init', 'instanceNew', 'instanceCreate', 'uploadStart', 'uploadEnd', 'error'])
      pwd.on(name, (first) => heard.push([name, first?.hostname ?? first ?? null]));
    window.onresize = () => pwd.resize();
    window.onload = () => pwd.newSession(
      [{ selector: '.term1' }, { selector: '.term2' }, { selector: '.term3' }],
      { baseUrl: 'https://labs.example.org', ImageName: '' }, (error) => heard.push(['started', error ?? null]));
  </script>`;

let origins: EmbedOrigins;
test.beforeAll(async () => {
  origins = await startEmbedOrigins();
});
test.afterAll(() => origins.close());

const frames = (page: Page) => page.frames().filter((frame) => frame.url().startsWith(`${origins.installation}/embed`));

/** What all frames of the page were asked, the decoration aside. */
async function asked(page: Page) {
  type Recorded = Record<string, unknown> & { type: string };
  const all = await Promise.all(
    frames(page).map((frame) => frame.evaluate(() => (window as unknown as { recorded: Recorded[] }).recorded)),
  );
  return all.flat().filter(({ type }) => ['run', 'write', 'open'].includes(type));
}
const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard: unknown[][] }).heard);

test('a post of the first dialect: a press on a block starts it, and each block types its text into its own node', async ({
  page,
}) => {
  origins.addPage('pwd-post', POST);
  await page.goto(origins.page('pwd-post'));
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toHaveCount(2);
  expect(frames(page)).toHaveLength(0);
  await page.locator('#ten').click();
  expect(frames(page)).toHaveLength(0);
  await page.locator('#one').click();
  // One session, with a frame in each place.
  await expect
    .poll(() => frames(page).map((frame) => new URL(frame.url()).searchParams.get('show')))
    .toEqual(['node1', 'node2']);
  await expect
    .poll(() => heard(page))
    .toEqual([
      ['init', null],
      ['instanceNew', '.term1'],
      ['instanceCreate', 'node1'],
      ['instanceNew', '.term2'],
      ['instanceCreate', 'node2'],
      ['started', null],
    ]);
  for (const block of ['two', 'prompts', 'hidden', 'port']) await page.locator(`#${block}`).click();
  await page.locator('#one').dblclick();
  await expect.poll(async () => (await asked(page)).length).toBe(6);
  const run = (node: string, text: string) => expect.objectContaining({ type: 'run', node, text });
  const init = run('node1', 'docker swarm init --advertise-addr $(hostname -i)');
  const inFrame = async (node: string) => (await asked(page)).filter((one) => one.node === node);
  expect(await inFrame('node1')).toEqual([
    init,
    // Not every line has a prompt: the text is typed as it is.
    run('node1', '$ docker ps\nCONTAINER ID'),
    run('node1', 'echo a\necho €'),
    init,
  ]);
  expect(await inFrame('node2')).toEqual([
    run('node2', 'cat <<E\n  a  b\nE'),
    expect.objectContaining({ type: 'open', node: 'node2', port: 5000, path: '/vote/' }),
  ]);
});

test('files are put into their node, and a file that is elsewhere is fetched by the node, never by a server', async ({
  page,
}) => {
  origins.addPage('pwd-files', POST);
  await page.goto(origins.page('pwd-files'));
  await page.locator('#file').click();
  await page.locator('#fetched').click();
  await expect.poll(async () => (await asked(page)).length).toBe(2);
  const text = `curl -fsSL -o 'it'\\''s.yml' 'https://example.org/a/it'\\''s.yml'`;
  // Each has its own frame, and a browser lists frames in the order of their start.
  expect(await asked(page)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'run', node: 'node1', text }),
      expect.objectContaining({ type: 'write', node: 'node2', path: '/etc/app/app.conf', content: 'ü=1' }),
    ]),
  );
  await expect.poll(async () => (await heard(page)).filter(([name]) => name === 'uploadEnd').length).toBe(2);
});

test('a page of the second dialect makes its own instance, and nothing of the page throws', async ({ page }) => {
  const problems: string[] = [];
  page.on('pageerror', (error) => void problems.push(error.message));
  origins.addPage(
    'pwd-class',
    `<body>${SCRIPT}<script src="EMBED_ORIGIN/pwd-sdk/dist/pwd.min.js"></script><div id="myTerm" class="tab active"></div>
     <script>
       window.heard = [];
       var pwd = new PWD();
       pwd.on('error', ({ code }) => heard.push(['error', code]));
       pwd.newSession([{ selector: '.nowhere' }, { selector: '"' }], {}, () => heard.push(['none']));
       const other = new PWD();
       other.newSession([{ selector: '#myTerm', ImageName: 'acme/tools' }], {}, () =>
         heard.push(['started', other.instances['#myTerm'].terms[0].element.parentElement.className]));
       setTimeout(pwd.resize, 0, 100);
     </script>`,
  );
  await page.goto(origins.page('pwd-class'));
  await expect(page.getByText('This page asks for acme/tools, which is not here.')).toBeVisible();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect.poll(() => heard(page)).toEqual([['error', 'BAD_REQUEST'], ['none'], ['started', 'tab active']]);
  await page.evaluate(() => {
    const { PWD } = window as unknown as { PWD: new () => Record<string, (...args: unknown[]) => void> };
    const strange = new PWD();
    const calls = ['newSession', 'resize', 'closeSession', 'login', 'getUserInfo', 'createSession', 'getInstances'];
    for (const name of calls) strange[name]?.();
    strange.exec?.('node1', ['ls'], () => undefined);
  });
  expect(problems).toEqual([]);
});

import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { frontMatterJsonSchema } from '@drydock/lab';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../run.ts';

const REPO = fileURLToPath(new URL('../../../../..', import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-lab-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Ran = { code: number; out: string; err: string };

/** A run of the program; paths are those of the test's folder. */
async function drydock(...args: string[]): Promise<Ran> {
  const ran = { out: '', err: '' };
  const absolute = args.map((arg, index) =>
    index === 0 || /^(-|html$|killercoda$)/.test(arg) ? arg : join(folder, arg),
  );
  const code = await run(['lab', ...absolute], {
    out: (text) => {
      ran.out += text.replaceAll(`${folder}/`, '');
    },
    err: (text) => {
      ran.err += text;
    },
  });
  return { code, ...ran };
}

test('a new lab is whole: it passes the check as it is, and is never written over another', async () => {
  expect(await drydock('new', 'my-first-lab')).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, 'my-first-lab/lab.md'), 'utf8')).toContain('title: "My first lab"');
  expect(await drydock('check', 'my-first-lab')).toEqual({ code: 0, out: '2 steps; nothing is wrong.\n', err: '' });
  const again = await drydock('new', 'my-first-lab');
  expect(again).toMatchObject({ code: 1 });
  expect(again.err).toContain('TARGET_EXISTS');
});

test('a check tells everything at once, each with file, line and column, and ends with 1', async () => {
  const text =
    '---\ntitel: x\nimages: [ngnix]\n---\n## A\n\n```check\n- contaner: web\n- service: web\n  runing: 3\n```\n\n## B\n\nText.\n';
  await writeFile(join(folder, 'lab.md'), text);
  await writeFile(join(folder, 'library.json'), '{"images":[{"repository":"library/nginx","tags":["latest"]}]}');
  const { code, out } = await drydock('check', 'lab.md', '--images', 'library.json');
  expect(code).toBe(1);
  expect(out).toContain('lab.md:2:1: error KEY_UNKNOWN');
  expect(out).toContain(
    'lab.md:3:10: error IMAGE_UNAVAILABLE This installation has no image "ngnix". Did you mean "nginx',
  );
  expect(out).toContain(
    'lab.md:8:3: error SUBJECT_UNKNOWN "contaner" is nothing that can be checked. Did you mean "container"?',
  );
  expect(out).toContain(
    'lab.md:10:3: error CONDITION_UNKNOWN "service" has no condition "runing". Did you mean "running"?',
  );
  expect(out).toContain('lab.md:13:1: warning STEP_WITHOUT_CHECK');
  const json = JSON.parse((await drydock('check', 'lab.md', '--json')).out);
  expect(json).toMatchObject({ ok: false, labs: [{ lab: 'lab.md', steps: 2 }] });
  expect(json.labs[0].findings[0]).toMatchObject({ code: 'KEY_UNKNOWN', file: 'lab.md', line: 2, column: 1 });
});

test('a folder is read within bounds: links are refused and never followed, large files are told and not read', async () => {
  await writeFile(join(folder, 'secret'), 'not of the lab');
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'a/lab.md'), '## A\n\n```check\n- container: web\n```\n');
  await symlink('../secret', join(folder, 'a/notes.txt'));
  await symlink('/', join(folder, 'a/files'));
  await writeFile(join(folder, 'a/film.bin'), Buffer.alloc(6 * 1024 * 1024));
  const { code, out } = await drydock('check', 'a');
  expect(code).toBe(1);
  expect(out).toContain('a/notes.txt:1:1: error FILE_UNSAFE_PATH "notes.txt" is a symbolic link');
  expect(out).toContain('a/files:1:1: error FILE_UNSAFE_PATH');
  expect(out).toContain('a/film.bin:1:1: error FILE_TOO_LARGE');
  expect(out).not.toContain('not of the lab');
});

test('too many files are one finding, not a long wait', async () => {
  await mkdir(join(folder, 'a'));
  await writeFile(join(folder, 'a/lab.md'), '## A\n\n```check\n- container: web\n```\n');
  for (let index = 0; index < 2_010; index += 1) await writeFile(join(folder, `a/z${index}`), '');
  const { code, out } = await drydock('check', 'a');
  expect(code).toBe(1);
  expect(out).toContain('LAB_TOO_LARGE A lab has at most 2000 files');
});

test('a folder of labs is checked whole, its course too', async () => {
  for (const name of ['one', 'two']) await drydock('new', join('all', name));
  await writeFile(join(folder, 'all/course.yaml'), 'labs: [one/lab.md, tow/lab.md]\n');
  const { code, out } = await drydock('check', 'all');
  expect(code).toBe(1);
  expect(out).toContain('all/course.yaml:1:');
  expect(out).toContain('Did you mean "two/lab.md"?');
});

test('the program itself ends with the code', async () => {
  const main = join(REPO, 'apps/cli/src/main.ts');
  const command = ['--conditions=source', '--import', 'tsx', main, 'lab', 'check', join(folder, 'nowhere')];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: REPO, encoding: 'utf8' });
  expect([status, stderr]).toEqual([66, expect.stringContaining('NO_LAB: There is no file or folder')]);
});

test('where there is no lab, the code is 66 and nothing is printed as an answer', async () => {
  expect(await drydock('check', 'nowhere')).toMatchObject({ code: 66, out: '' });
  expect(await drydock('import', '.')).toMatchObject({ code: 66, out: '' });
});

test('an import writes a lab that compiles, its pictures byte for byte, and a report with file and line', async () => {
  await mkdir(join(folder, 'theirs/assets'), { recursive: true });
  await mkdir(join(folder, 'theirs/step1'));
  const index = {
    title: 'Theirs',
    details: {
      intro: { text: 'intro.md' },
      steps: [{ title: 'One', text: 'step1/text.md', verify: 'step1/verify.sh' }],
      assets: { host01: [{ file: 'map.png', target: '/root' }] },
    },
    backend: { imageid: 'ubuntu' },
  };
  await writeFile(join(folder, 'theirs/index.json'), JSON.stringify(index));
  await writeFile(join(folder, 'theirs/intro.md'), 'Hello.\n');
  await writeFile(join(folder, 'theirs/step1/text.md'), 'Do it.\n\n```\ndocker ps\n```{{exec}}\n');
  await writeFile(join(folder, 'theirs/step1/verify.sh'), 'docker ps | grep -q web\n');
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]);
  await writeFile(join(folder, 'theirs/assets/map.png'), png);
  const { code, out } = await drydock('import', 'theirs', 'ours', '--report', 'report.json');
  expect(code).toBe(0);
  expect(out).toMatch(/^index\.json:\d+: (dropped|changed) /m);
  expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))).not.toEqual([]);
  expect(await readFile(join(folder, 'ours/lab.md'), 'utf8')).toContain('docker ps');
  expect((await drydock('check', 'ours')).out).not.toContain(' error ');
  const list = JSON.parse((await drydock('import', 'theirs', 'again', '--json')).out);
  expect(list).toMatchObject({ format: 'killercoda', target: 'again' });
  expect(await readFile(join(folder, 'ours/files/host01/root/map.png'))).toEqual(png);
  expect(await drydock('import', 'theirs', 'ours')).toMatchObject({ code: 1 });
});

test('a lab goes out as a page and as a scenario; one with errors does not', async () => {
  await drydock('new', 'mine');
  const page = await drydock('export', 'mine', 'page');
  expect(page.code).toBe(0);
  expect(await readFile(join(folder, 'page/index.html'), 'utf8')).toContain(
    'docker run -d --name web -p 8080:80 nginx',
  );
  expect((await drydock('export', 'mine', 'scenario', '--to', 'killercoda')).out).toMatch(
    /lab\.md:\d+: dropped container/,
  );
  expect(JSON.parse(await readFile(join(folder, 'scenario/index.json'), 'utf8'))).toMatchObject({ title: 'Mine' });
  await writeFile(join(folder, 'mine/lab.md'), '## A\n\n```check\n- contaner: web\n```\n');
  const broken = await drydock('export', 'mine', 'other');
  expect(broken).toMatchObject({ code: 1, out: '' });
  expect(broken.err).toContain('SUBJECT_UNKNOWN');
});

test("the editors' schema in docs/labs is the one that labs are read by", async () => {
  const written = JSON.parse(await readFile(join(REPO, 'docs/labs/front-matter.schema.json'), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(frontMatterJsonSchema())));
});

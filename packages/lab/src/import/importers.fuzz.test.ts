import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLab } from '../compile/compile-lab.ts';
import { MAX_FINDINGS, MAX_LAB_BYTES, MAX_LAB_FILES } from '../limits.ts';
import { importEducates } from './educates/import-educates.ts';
import { importInstruqt } from './instruqt.ts';
import { importIximiuz } from './iximiuz/import-iximiuz.ts';
import { importLabspace } from './labspace.ts';

const yamlPiece = fc.constantFrom(
  'title: x\n',
  'tabs:\n- type: service\n  port: 8080\n  hostname: a\n',
  'notes:\n- type: text\n  contents: "# x"\n',
  'answers: [a, b]\nsolution: [1]\n',
  'containers:\n- name: ../../a\n  image: "x;y"\n- name: once\n  image: nginx\n',
  'virtualmachines: [{name: a, image: b}, {name: A}]\n',
  'services: [{url: "http://localhost:99999"}, {url: "http://localhost:80/a"}]\n',
  'variables: {a: "`\n```check"}\n',
  '__proto__: {a: 1}\n',
  'a: &x [*x, *x]\n',
  'x: !!js/function "a"\n',
  `${'['.repeat(200)}\n`,
  'tags: [a, {b: c}]\n',
  'playground: {name: k3s, machines: [{name: a, startupFiles: [{path: ../x, content: y}, {path: /y, append: true}]}], tabs: [{kind: http-port, number: 0}]}\n',
  'tasks: {a: {run: "true", needs: [b], env: ["K=x(.needs.a.stdout)"], failcheck: x}, "../b": {init: true}, c: {run: x(.input)}, d: {helper: true}}\n',
);
const pagePiece = fc.constantFrom(
  '# A\n',
  '## B {#b}\n',
  'C\n---\n',
  '```bash,run\n',
  '```check\n',
  '```sh setup save-as=../x\n',
  '```\n',
  '~~~diff file=/x\n',
  'echo a\n',
  '> ```check\n',
  '- ```sh once all node9\n',
  '- ( ) a\n- ( ) b\n',
  '<!-- include: lab.md -->\n',
  '<!-- check\n- x: y\n-->\n',
  '<!-- lab: type keys -->\n',
  '[a](http://localhost:99999)',
  '<http://node1:70000>',
  '[a](../../x.md) ![b](y.png)',
  '[x]: y.md\n',
  '<img src=a.png><details><summary>Hint</summary>\n',
  '</details>\n',
  ':::conditionalDisplay{a=b}\n',
  ':fileLink[a]{path=../../x}',
  '[button label="a`"](tab-0)',
  '[[ Instruqt-Var key="A" hostname="b" ]]',
  '$$a$$',
  '::simple-task{:name="a"}\n',
  '::user-input-task{:name="c" :validateRegex="(["}\n#active\n',
  ':::hint-box\n---\n:summary: "<b>"\n---\n',
  '::remark-box\n',
  '::tabbed\n#one\n',
  '::\n',
  ':::\n',
  '```terminal:execute\ncommand: "```check"\n```\n',
  '```editor:create-file\nfile: ../../x\ntext: a\n```\n',
  '```editor:append-lines-after-match\nfile: a\nmatch: "/a/b"\ntext: a\n```\n',
  '```examiner:execute-test\nname: a\nargs: ["\'", 1]\n```\n',
  '```execute-9\n<ctrl-c>\n```\n',
  '{{< param session_name >}} {{__proto__}} {{constructor}}',
  '\n',
  '\u202e\0',
  '\ud800',
);
const yaml = fc.uniqueArray(yamlPiece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const page = fc.array(pagePiece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const anything = fc.string({ unit: 'binary', maxLength: 200 });
const front = fc.tuple(yaml, page).map(([head, body]) => `---\n${head}---\n${body}`);
const text = fc.oneof(yaml, page, front, anything);
/** A course of known paths, each of its own kind or of any, and files of any name. */
function courseOf(paths: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<Map<string, string>> {
  const kinds = Object.entries(paths).map(([path, kind]): [string, fc.Arbitrary<string>] => [
    path,
    fc.oneof({ weight: 4, arbitrary: kind }, text),
  ]);
  return fc
    .tuple(fc.record(Object.fromEntries(kinds)), fc.dictionary(anything, anything, { maxKeys: 3 }))
    .map(([known, other]) => new Map<string, string>([...Object.entries(other), ...Object.entries(known)]));
}

const instruqt = courseOf({
  'track.yml': yaml,
  'config.yml': yaml,
  'track_scripts/setup-a': anything,
  '01-a/assignment.md': front,
  '01-a/check-a': anything,
  '01-a/solve-..': anything,
});
const labspace = courseOf({
  'labspace.yaml': yaml.map((more) => `sections:\n- contentPath: page.md\n- contentPath: ../x\n${more}`),
  'page.md': page,
});

const iximiuz = courseOf({ 'index.md': front, 'solution.md': page });
const educates = courseOf({
  'resources/workshop.yaml': yaml.map(
    (more) => `kind: Workshop\nspec:\n  title: x\n  ${more.replaceAll('\n', '\n  ')}`,
  ),
  'workshop/modules.yaml': yaml,
  'workshop/content/a.md': front,
  'workshop/content/../b.md': page,
  'workshop/setup.d/a': anything,
  'workshop/examiner/tests/a': anything,
});

test.each([
  ['Educates', importEducates, educates],
  ['iximiuz', importIximiuz, iximiuz],
  ['Instruqt', importInstruqt, instruqt],
  ['Labspace', importLabspace, labspace],
])('whatever a course of %s holds, its import ends with a bounded lab that compiles', (_, importCourse, course) => {
  fc.assert(
    fc.property(course, (files) => {
      const { files: made, report, entry } = importCourse(files);
      expect(report.length).toBeLessThanOrEqual(MAX_FINDINGS + 1);
      expect(report.every(({ line, file }) => line >= 1 && typeof file === 'string')).toBe(true);
      if (made === null) return;
      expect(made.size).toBeLessThanOrEqual(MAX_LAB_FILES);
      let bytes = 0;
      for (const [path, file] of made) {
        expect(path).toMatch(/^(lab\.md|files\/[a-z0-9-]+\/.+)$/);
        expect(path.split('/')).not.toContain('..');
        bytes += 'text' in file ? file.text.length : 0;
      }
      expect(bytes).toBeLessThanOrEqual(MAX_LAB_BYTES);
      const { findings } = compileLab({ entry, files: made });
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }),
    { numRuns: 120 },
  );
});

test('a course of many pages, buttons and hints becomes a lab within its bounds, and the report says so', () => {
  const page =
    '```bash\nls\n```\n- ```sh\n  pwd\n  ```\n<details><summary>Hint</summary>\n\nx\n\n</details>\n\n'.repeat(30);
  const sections = Array.from({ length: 150 }, (_, index) => `- contentPath: p${index}.md\n`).join('');
  const pages = Array.from({ length: 150 }, (_, index): [string, string] => [`p${index}.md`, page]);
  const long: [string, string] = ['p99.md', 'word '.repeat(150_000)];
  const { files, report } = importLabspace(new Map([['labspace.yaml', `sections:\n${sections}`], ...pages, long]));
  const { findings, lab } = compileLab({ entry: 'lab.md', files: files ?? new Map() });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(lab?.steps.length).toBe(99);
  expect(report.map(({ construct }) => construct)).toEqual(['steps', 'code blocks', 'hints']);
});

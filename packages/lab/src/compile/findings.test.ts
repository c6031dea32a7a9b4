import { describe, expect, test } from 'vitest';
import { FINDING_CODES, type FindingCode } from '../findings/codes.ts';
import type { LabFile } from '../source/lab-files.ts';
import { compileLab } from './compile-lab.ts';

const CHECK = '\n\n```check\n- container: a\n```\n';
const step = (text: string) => `## A\n\n${text}${CHECK}`;
const check = (yaml: string) => `## A\n\n\`\`\`check\n${yaml}\n\`\`\`\n`;
const front = (yaml: string) => `---\n${yaml}\n---\n## A${CHECK}`;
const bidi = '\u202e';

type Case = [
  name: string,
  code: FindingCode,
  place: [line: number, column: number],
  text: string,
  words?: string,
  files?: Record<string, LabFile>,
  more?: object,
];

const cases: Case[] = [
  ['an empty file', 'LAB_EMPTY', [1, 1], ' \n'],
  ['10 MB', 'FILE_TOO_LARGE', [1, 1], 'a'.repeat(10 * 1024 * 1024)],
  ['more than a text has', 'FILE_TOO_LARGE', [1, 1], 'word '.repeat(300_000)],
  [
    'files beyond 25 MB',
    'LAB_TOO_LARGE',
    [1, 1],
    '## A',
    '',
    Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.png`, { size: 5_000_000, digest: 'x' }])),
  ],
  ['a wrong key', 'KEY_UNKNOWN', [2, 1], front('titel: x'), 'Did you mean "title"?'],
  ['a wrong key within', 'KEY_UNKNOWN', [3, 16], front('ports:\n  - { port: 1, nod: node1 }'), '"nod"'],
  ['a wrong value', 'VALUE_WRONG', [2, 1], front('level: hard'), 'beginner'],
  ['a node twice', 'VALUE_WRONG', [2, 12], front('nodes: [a, a]'), 'Two nodes'],
  ['a time', 'VALUE_WRONG', [2, 1], front('time: soon'), '25m'],
  ['a need', 'VALUE_WRONG', [2, 9], front('needs: [intrenet]'), '"internet"'],
  ['a pattern of an answer', 'PATTERN_WRONG', [2, 21], front('env: { A: { ask: B, match: "(?=x)" } }')],
  ['an open front matter', 'FRONT_MATTER_OPEN', [1, 1], '---\ntitle: x\n## A'],
  ['bad YAML', 'YAML_SYNTAX', [2, 10], front('title: [a')],
  ['a key twice', 'YAML_SYNTAX', [3, 1], front('title: a\ntitle: b')],
  ['an alias', 'YAML_ALIAS', [2, 10], front('tags: &a [x]\nimages: *a')],
  ['a bomb', 'YAML_ALIAS', [2, 7], front('a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]')],
  ['much YAML', 'YAML_TOO_LARGE', [2, 1], front(`title: ${'x'.repeat(300_000)}`)],
  ['many values', 'YAML_TOO_LARGE', [2, 40009], front(`tags: [${'1,'.repeat(30_000)}]`)],
  ['deep YAML', 'YAML_TOO_DEEP', [2, 135], front(`tags: ${'['.repeat(100_000)}`)],
  ['deep dashes', 'YAML_TOO_DEEP', [2, 65], front(`${'- '.repeat(50_000)}`)],
  ['a newer format', 'FORMAT_NEWER', [2, 1], front('lab: 2')],
  ['too many nodes', 'NODES_OVER_LIMIT', [2, 1], front('nodes: 7')],
  ['more nodes than here', 'NODES_OVER_LIMIT', [2, 1], front('nodes: 3'), '2 are allowed', {}, { maxNodes: 2 }],
  ['an unreachable node', 'NODE_UNKNOWN', [3, 1], step('```sh node2\nls\n```')],
  ['an unreachable node of a check', 'NODE_UNKNOWN', [5, 7], check('- container: a\n  on: node9'), 'node9'],
  ['an unreachable node of a port', 'NODE_UNKNOWN', [4, 9], check('- port: node9:80'), 'node9'],
  ['files for no node', 'NODE_UNKNOWN', [1, 1], '## A', 'node9', { 'files/node9/x': { text: '' } }],
  ['setup of no node', 'NODE_UNKNOWN', [1, 1], '## A', 'node9', { 'setup/node9.sh': { text: 'ls' } }],
  [
    'a missing image',
    'IMAGE_UNAVAILABLE',
    [2, 10],
    front('images: [ngnix]'),
    'nginx',
    {},
    { images: new Set(['nginx']) },
  ],
  [
    'a missing picture',
    'ASSET_MISSING',
    [3, 11],
    step('Look ![x](pic.png)'),
    'pics.png',
    { 'pics.png': { size: 1, digest: '' } },
  ],
  ['a missing file', 'FILE_MISSING', [2, 10], front('files: { node1:/a: ./b }')],
  ['a path that leaves', 'FILE_UNSAFE_PATH', [2, 10], front('files: { node1:/a/../../b: x }')],
  ['a path that is none', 'FILE_UNSAFE_PATH', [3, 1], step('```yaml file=root/a\nx\n```')],
  ['a missing include', 'FILE_MISSING', [1, 1], `<!-- include: no.md -->\n\n## A${CHECK}`],
  ['an include of outside', 'FILE_UNSAFE_PATH', [1, 1], '<!-- include: ../no.md -->\n'],
  [
    'a cyclic include',
    'INCLUDE_CYCLE',
    [1, 1],
    '<!-- include: a.md -->\n',
    'a.md → b.md → a.md',
    { 'a.md': { text: '<!-- include: b.md -->\n' }, 'b.md': { text: '<!-- include: a.md -->\n' } },
  ],
  ['an include of itself', 'INCLUDE_CYCLE', [1, 1], '<!-- include: lab.md -->\n'],
  [
    'a flood of includes',
    'INCLUDE_TOO_MANY',
    [3, 1],
    '<!-- include: 0.md -->\n',
    '',
    Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [
        `${index}.md`,
        { text: `<!-- include: ${index + 1}.md -->\n\n`.repeat(8) },
      ]).concat([['7.md', { text: '' }]]),
    ),
  ],
  ['no steps', 'STEPS_NONE', [1, 1], 'text'],
  ['101 steps', 'STEPS_OVER_LIMIT', [301, 1], '## A\n\nx\n'.repeat(101)],
  ['a step id twice', 'STEP_ID_TWICE', [3, 1], '## A {#x}\n\n## B {#x}\n'],
  ['a step without a check', 'STEP_WITHOUT_CHECK', [1, 1], '## A\n\ntext\n'],
  ['501 blocks', 'BLOCKS_OVER_LIMIT', [2001, 1], '```sh\nls\n```\n\n'.repeat(501)],
  [
    '201 leaves',
    'LEAVES_OVER_LIMIT',
    [204, 3],
    check(Array.from({ length: 201 }, (_, index) => `- container: c${index}`).join('\n')),
  ],
  ['an unknown word', 'FENCE_WORD_UNKNOWN', [3, 1], step('```sh bakground\nls\n```'), '"background"'],
  ['an unknown key of a fence', 'FENCE_WORD_UNKNOWN', [3, 1], step('```sh confrim="x"\nls\n```'), '"confirm"'],
  ['words that clash', 'FENCE_WORDS_CLASH', [3, 1], step('```sh type keys\nls\n```')],
  ['a key that is none', 'KEY_NAME_UNKNOWN', [4, 1], step('```sh keys\nentre\n```'), '"enter"'],
  ['an empty block', 'RUN_EMPTY', [4, 1], step('```sh\n```')],
  ['a first command that reads stdin', 'RUN_READS_STDIN', [4, 1], step('```sh\ncat > /tmp/x\nls\n```'), '"cat"'],
  [
    'a program in the middle',
    'RUN_READS_STDIN',
    [5, 1],
    step('```sh\nls\ndocker run -it alpine sh\nls\n```'),
    'docker run',
  ],
  ['a long block', 'RUN_LONG', [4, 1], step(`\`\`\`sh\n${'ls\n'.repeat(41)}\`\`\``)],
  ['an unfinished block', 'RUN_UNFINISHED', [4, 1], step('```sh\necho "a\n```')],
  ['a bidi mark', 'TEXT_HIDDEN', [4, 6], step(`\`\`\`sh\necho ${bidi}x\n\`\`\``), 'U+202E'],
  ['a hidden letter of a file', 'TEXT_HIDDEN', [4, 2], step('```yaml file=/a\na\u200b: 1\n```'), 'U+200B'],
  ['a space that is none', 'TEXT_LOOKALIKE_SPACE', [5, 3], step('```sh\nls\nls\u00a0-l\n```'), 'U+00A0'],
  ['a Cyrillic letter', 'TEXT_MIXED_SCRIPTS', [4, 3], step('```sh\ndo\u0441ker ps\n```')],
  ['a typographic dash', 'TEXT_TYPOGRAPHIC', [4, 12], step('```sh\ndocker run \u2013rm x\n```')],
  ['output of nothing', 'OUTPUT_WITHOUT_RUN', [3, 1], step('```output\nx\n```')],
  ['a patch that is none', 'PATCH_WRONG', [4, 1], step('```diff file=/a\n+x\n```')],
  ['a question without answer', 'QUIZ_WITHOUT_ANSWER', [3, 1], step('Which?\n\n- ( ) a\n- ( ) b')],
  ['a comment that is nearly ours', 'COMMENT_UNKNOWN', [3, 1], step('<!-- labs: node1 -->\n\ntext')],
  ['a comment for nothing', 'COMMENT_ALONE', [3, 1], step('x').replace('x', '<!-- lab: once -->').replace(CHECK, '\n')],
  ['21 hints', 'HINTS_OVER_LIMIT', [83, 1], step('<details><summary>Hint</summary>\n\nx\n</details>\n'.repeat(21))],
  [
    'a hint for nothing',
    'HINT_WITHOUT_LEAF',
    [1, 1],
    step('<details><summary>Hint</summary>\n<!-- for: service -->\n\nx\n\n</details>'),
  ],
  ['an open fold', 'DETAILS_OPEN', [3, 1], step('<details><summary>Hint</summary>\n\nx')],
  ['a script', 'HTML_SHOWN_AS_TEXT', [3, 1], step('<script>alert(1)</script>')],
  ['a javascript: link', 'LINK_REFUSED', [3, 5], step('[x](javascript:alert(1))')],
  ['a data: picture', 'LINK_REFUSED', [3, 6], step('![x](data:image/svg+xml,x)')],
  ['a picture of another site', 'IMAGE_EXTERNAL', [3, 6], step('![x](https://a.example/x.png)')],
  ['a port that is none', 'LINK_PORT_WRONG', [3, 5], step('[x](http://localhost:99999/)')],
  ['an empty check', 'CHECK_EMPTY', [4, 1], check('')],
  ['a check that is no list', 'CHECK_SHAPE', [4, 1], check('service: web')],
  ['an unknown subject', 'SUBJECT_UNKNOWN', [4, 3], check('- servise: web'), '"service"'],
  ['two subjects', 'SUBJECT_TWICE', [4, 3], check('- say: x\n  service: web\n  volume: a')],
  ['an unknown condition', 'CONDITION_UNKNOWN', [5, 3], check('- service: web\n  runing: 3'), '"running"'],
  ['a condition of another subject', 'CONDITION_UNKNOWN', [5, 3], check('- volume: a\n  running: 3')],
  ['a wrong word', 'CONDITION_VALUE', [5, 10], check('- container: a\n  state: runing'), '"running"'],
  ['no number', 'CONDITION_VALUE', [5, 12], check('- service: a\n  running: many')],
  ['no size', 'CONDITION_VALUE', [5, 9], check('- image: a\n  size: "<big"')],
  ['no time', 'CONDITION_VALUE', [5, 8], check('- image: a\n  for: 5')],
  ['a pattern that is none', 'PATTERN_WRONG', [4, 14], check('- container: "/(a/"')],
  ['a back-reference', 'PATTERN_WRONG', [4, 14], check('- container: "/(a)\\\\1/"')],
  ['a pattern that grows', 'PATTERN_WRONG', [4, 14], check('- container: "/((a{200}){200}){900}/"')],
  ['deep groups', 'GROUP_TOO_DEEP', [4, 66], check(`- ${'{ not: '.repeat(10)}{ container: a }${' }'.repeat(10)}`)],
  ['a check that cannot fail', 'CHECK_ALWAYS_TRUE', [4, 1], '## A\n\n```sh check\ngrep x y || true\n```\n'],
  ['a check twice', 'CHECK_TWICE', [5, 3], check('- container: a\n- container: a')],
];

describe("an author's mistake is told with code, line and column", () => {
  // Not `test.each`: the runner prints what it is given, and some of it is megabytes.
  for (const [name, code, [line, column], text, words = '', files = {}, more = {}] of cases) {
    test(name, () => {
      const found = compileLab({
        entry: 'lab.md',
        files: new Map([['lab.md', { text }], ...Object.entries(files)]),
        ...more,
      }).findings;
      expect(found.map((finding) => `${finding.code} ${finding.line}:${finding.column}`)).toContain(
        `${code} ${line}:${column}`,
      );
      expect(found.some((finding) => finding.code === code && finding.message.includes(words))).toBe(true);
    });
  }

  test('all of them at once', () => {
    const text =
      '---\ntitel: x\nlevel: hard\n---\n## A\n\n```sh node4\n```\n\n```check\n- servise: web\n- service: web\n  runing: 1\n```\n';
    const { lab, draft, findings } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
    expect(findings.map(({ code }) => code)).toEqual([
      'KEY_UNKNOWN',
      'VALUE_WRONG',
      'STEP_WITHOUT_CHECK',
      'NODE_UNKNOWN',
      'RUN_EMPTY',
      'SUBJECT_UNKNOWN',
      'CONDITION_UNKNOWN',
    ]);
    expect(lab).toBeNull();
    expect(draft?.steps).toHaveLength(1);
  });

  test('a reader lives with what a check of the lab refuses', () => {
    const files = new Map([
      ['lab.md', { text: front('titel: x').replace('## A', `## A\n\n\`\`\`sh\necho ${bidi}\n\`\`\``) }],
    ]);
    expect(compileLab({ entry: 'lab.md', files }).lab?.steps[0]?.blocks[0]).toMatchObject({
      suspicious: [{ code: 'TEXT_HIDDEN' }],
    });
    expect(compileLab({ entry: 'lab.md', files, strict: true }).lab).toBeNull();
  });

  test('every code is met by a case', () => {
    const met = new Set(cases.map(([, code]) => code));
    expect(FINDING_CODES.filter((code) => !met.has(code) && code !== 'MORE_FINDINGS')).toEqual([]);
  });

  test('a flood of findings ends, and errors are never left out for remarks', () => {
    const text = `## A\n\n${'[x](javascript:a)\n\n'.repeat(2_000)}\n\n\`\`\`check\n- servise: x\n\`\`\`\n`;
    const { findings } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
    expect(findings).toHaveLength(501);
    expect(findings.some(({ code }) => code === 'SUBJECT_UNKNOWN')).toBe(true);
    expect(findings.at(-1)?.code).toBe('MORE_FINDINGS');
  });
});

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { PhrasingNode, ProseNode } from '../markdown/prose-nodes.ts';
import { compileLab } from './compile-lab.ts';

const piece = fc.constantFrom(
  '## Step\n',
  '# T\n',
  '```sh\n',
  '```check\n',
  '```\n',
  '- service: web\n',
  '  running: ">=3"\n',
  '- any:\n',
  '    - container: a\n',
  '---\n',
  'title: x\n',
  '<details><summary>Hint</summary>\n',
  '</details>\n',
  '<!-- lab: once -->\n',
  '<!-- check',
  '-->',
  '> ',
  '> [!NOTE]\n',
  '- ',
  '1. ',
  '- [x] a\n',
  '- ( ) b — c\n',
  '|a|b|\n|-|-|\n',
  '[^1]',
  '[^1]: x\n',
  '[x](http://localhost:80/)',
  '[x](javascript:a)',
  '![x](y.png)',
  '<img src=x onerror=alert(1)>',
  '<a href="javascript:x">',
  '</a>',
  '<kbd>',
  '*',
  '`',
  '&amp;',
  '&#0;',
  '\n',
  '\n\n',
  '  ',
  '\t',
  '\\',
  '\u202e',
  'word ',
  '`node2:/x`',
  '[x](node1:/etc/passwd:3)',
  '<svg onload=x>',
  '<style>*{}</style>',
  '<!-- include: lab.md -->\n',
  '{#id}',
  '(5 min)',
  '\r\n',
  '\ud800',
);
const text = fc.oneof(
  fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 400 }),
);

const KINDS = new Set([
  'text',
  'inlineCode',
  'break',
  'emphasis',
  'strong',
  'delete',
  'link',
  'image',
  'portLink',
  'fileLink',
  'footnoteReference',
  'element',
  'paragraph',
  'heading',
  'thematicBreak',
  'blockquote',
  'alert',
  'list',
  'listItem',
  'code',
  'table',
  'tableRow',
  'tableCell',
  'footnoteDefinition',
]);

function everyNode(value: unknown, look: (node: ProseNode | PhrasingNode) => void): void {
  if (value === null || typeof value !== 'object') return;
  if ('type' in value && ('children' in value || 'value' in value || 'url' in value)) look(value as ProseNode);
  for (const inner of Object.values(value)) everyNode(inner, look);
}

test('any text is compiled without a throw; all places are in it; prose holds nothing but the allow-list', () => {
  fc.assert(
    fc.property(text, (markdown) => {
      const { draft, findings } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text: markdown }]]) });
      const lines = markdown.split(/\r\n?|\n/).length;
      for (const { line, column } of findings) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines + 1);
        expect(column).toBeGreaterThanOrEqual(1);
      }
      everyNode([draft?.intro, draft?.steps], (node) => {
        expect(KINDS.has(node.type)).toBe(true);
        if (node.type === 'link') expect(node.url).toMatch(/^(https?:\/\/|mailto:|#l-|[^:]*$)/i);
        if (node.type === 'image') expect(node.url).toMatch(/^(https:\/\/|[^:]*$)/i);
      });
      expect(JSON.parse(JSON.stringify(draft))).toEqual(draft);
    }),
    { numRuns: 1_500 },
  );
});

test('a hostile text is compiled in a time that its length bounds', () => {
  for (const bad of [
    '[',
    '![',
    '<',
    '<a ',
    '<!--',
    '*a_ ',
    '> ',
    '- ',
    '`',
    '[x](',
    '|',
    '&',
    '<details>\n\n',
    '[^a]',
    '# \n',
    '[x](q)',
    '## a\n\n',
    '( ) ',
    '{#',
    '(1 min',
    '```sh\n```\n',
    "<a href='",
    '\u00a0',
  ]) {
    const started = performance.now();
    compileLab({
      entry: 'lab.md',
      files: new Map([['lab.md', { text: bad.repeat(Math.floor(60_000 / bad.length)) }]]),
    });
    // Generous: it guards against hanging, and says nothing of speed.
    expect(performance.now() - started, bad).toBeLessThan(10_000);
  }
});

test('no text of a lab becomes code', () => {
  const made: string[] = [];
  const note = (parts: readonly unknown[]) => made.push(parts.join('\n'));
  const RealFunction = globalThis.Function;
  vi.stubGlobal(
    'Function',
    new Proxy(RealFunction, {
      construct: (target, parts) => {
        note(parts);
        return Reflect.construct(target, parts);
      },
      apply: (target, self, parts) => {
        note(parts);
        return Reflect.apply(target, self, parts);
      },
    }),
  );
  const evaluated = vi.spyOn(globalThis, 'eval');
  try {
    const text = [
      '---\ntitle: c0de\nc0de: 1\nenv: { c0de: c0de, A: { ask: c0de, match: /c0de/ } }\nfiles: { "node1:/c0de": c0de }\n---',
      '## c0de {#c0de}',
      '```sh\necho c0de\n```',
      '```check\n- run: c0de\n- http: 80/c0de\n  json: { c0de.c0de: /c0de+/ }\n- ask: c0de\n  answer: [c0de]\n```',
      '```js\nc0de()\n```',
      '<script>c0de()</script>',
      '<!-- c0de: c0de -->',
    ].join('\n\n');
    const { draft } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
    expect(JSON.stringify(draft)).toContain('c0de');
    expect(made.filter((code) => code.includes('c0de'))).toEqual([]);
    expect(evaluated).not.toHaveBeenCalled();
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
});

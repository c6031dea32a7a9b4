import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileLab } from '../../compile/compile-lab.ts';
import type { LabFile } from '../../source/lab-files.ts';
import { exportHtml } from './export-html.ts';

function exported(text: string, others: [string, LabFile][] = []) {
  const files = new Map<string, LabFile>([['lab.md', { text }], ...others]);
  const { draft } = compileLab({ entry: 'lab.md', files });
  if (draft === null) throw new Error('no lab');
  const made = exportHtml({ lab: draft, files });
  const page = made.files.get('index.html');
  return { ...made, html: page !== undefined && 'text' in page ? page.text : '' };
}

const LAB = `---
title: A <b>lab</b>
level: beginner
nodes: [mgr1, wrk1]
---
Read *this* ![map](map.png) ![far](https://example.com/pixel.png).

## Run it (5 min)

\`\`\`sh wrk1
echo "<script>alert(1)</script>"
\`\`\`

See [the page](http://wrk1:8080/a).

\`\`\`yaml file=/root/a.yaml
a: 1
\`\`\`

\`\`\`check
- container: web
  state: running
- ask: How many?
  answer: 3
\`\`\`

Which one?

- ( ) that — no
- (x) this

<details><summary>Hint</summary>

Look.

</details>

\`\`\`sh solve
true
\`\`\`
`;

test('a page holds what a reader of the lab sees, as text', () => {
  const { html, report, files } = exported(LAB, [['map.png', { size: 3, digest: 'abc' }]]);
  expect(html).toContain('<h1>A &lt;b&gt;lab&lt;/b&gt;</h1>');
  expect(html).toContain('<h2>1. Run it</h2>');
  expect(html).toContain('<figcaption>Run on wrk1</figcaption>');
  expect(html).toContain('echo &quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;');
  expect(html).toContain('the page (<code>http://wrk1:8080/a</code>)');
  expect(html).toContain('<figcaption>Write /root/a.yaml</figcaption>');
  expect(html).toContain('container web: state running');
  expect(html).toContain('<p>How many?</p>');
  expect(html).toContain('<summary>Hint</summary>');
  expect(html).toContain('✗ that: no');
  expect(html).toContain('<img src="map.png" alt="map">');
  expect([...files.keys()].toSorted()).toEqual(['index.html', 'map.png']);
  expect(report).toMatchObject([{ kind: 'dropped', construct: 'solve', file: 'lab.md' }]);
});

test('a picture from elsewhere is a link: a page that is read tells nobody', () => {
  const { html } = exported(LAB);
  expect(html).not.toContain('<img src="http');
  expect(html).toContain('<a href="https://example.com/pixel.png" rel="noreferrer">far</a>');
});

test('whatever an author writes, a page has no element outside the list and no handler', () => {
  const pieces = fc.constantFrom(
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '![x](data:text/html,<script>1</script>)',
    '"><svg onload=alert(1)>',
    '<https://example.com/"onmouseover=alert(1)>',
    '`</code><iframe src=//x>`',
    '| a | b |\n|:-:|--|\n| <style>*{}</style> | 2 |',
    '<details><summary></summary><form action=//x></details>',
    '> [!NOTE]\n> <base href=//x>',
    '```sh\n</code></pre><object data=x>\n```',
    '[a](http://localhost:80/"><link rel=x>)',
    'A note[^"><script>].\n\n[^"><script>]: text',
    '- [ ] <embed>\n- [x] b',
  );
  const known =
    /^(html|head|meta|title|style|body|h[1-6]|p|small|section|hr|blockquote|aside|strong|em|del|ul|ol|li|input|label|pre|code|table|tr|th|td|div|br|kbd|sub|sup|a|img|figure|figcaption|details|summary)$/;
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 6 }), (parts) => {
      const { html } = exported(`# T\n\n## A\n\n${parts.join('\n\n')}\n`);
      for (const [, name = '', attributes = ''] of html.matchAll(/<([a-z][\w-]*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>/gi)) {
        expect(name).toMatch(known);
        expect(attributes.replace(/="[^"]*"/g, '')).not.toMatch(/\son/i);
        expect(attributes).not.toMatch(/(href|src)="\s*(javascript|data|vbscript):/i);
      }
      // Every "<" begins an element of ours, its end, or the doctype.
      expect(html.replace(/<\/?[a-z][\w-]*(?:\s+[\w-]+(?:="[^"]*")?)*\s*>|<!doctype html>/gi, '')).not.toContain('<');
    }),
    { numRuns: 200 },
  );
});

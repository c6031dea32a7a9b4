/** One of our labs as a plain page: to print, to read without us, to keep. Nothing in it runs. */
import type { Block, Run } from '../../blocks.ts';
import { type Leaf, leavesOf } from '../../checks/plan.ts';
import { leafTitle } from '../../explain/leaf-title.ts';
import { createReport, type Report } from '../../import/report.ts';
import type { Lab, Step } from '../../lab.ts';
import type { LabFile, LabFiles } from '../../source/lab-files.ts';
import type { Exported } from '../killercoda/export-killercoda.ts';
import { element, escapeHtml } from './escape.ts';
import { codeHtml, type HtmlWriter, imageHtml, inlineHtml, portHtml, proseHtml } from './prose-html.ts';

/** Readable on a phone and on paper; folded parts are open in print. */
const STYLE = `:root{color-scheme:light dark}body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
pre{overflow-x:auto;padding:.8rem 1rem;border:1px solid #8886;border-radius:.4rem}code{font:.92em/1.5 ui-monospace,monospace}
figure{margin:1rem 0}figcaption{font-size:.85rem;opacity:.75}aside,blockquote{border-left:.25rem solid #88888899;margin:1rem 0;padding:.1rem 1rem}
table{border-collapse:collapse}th,td{border:1px solid #8886;padding:.3rem .6rem}.center{text-align:center}.right{text-align:right}img{max-width:100%}
.checks li{list-style:"☐ "}@media print{pre{white-space:pre-wrap}details>*{display:block}}`;

type PageWriter = HtmlWriter & { leaves: ReadonlyMap<string, Leaf> };

/** Exports a compiled lab as `index.html` and the pictures it shows; `files` are those that it was compiled from. Never throws. */
export function exportHtml({ lab, files }: { lab: Lab; files: LabFiles }): Exported {
  const report = createReport();
  const made = new Map<string, LabFile>();
  const writer: HtmlWriter = {
    imageUrl(path) {
      const file = files.get(path);
      if (file === undefined) return undefined;
      made.set(path, file);
      return path.split('/').map(encodeURIComponent).join('/');
    },
  };
  for (const step of lab.steps) reportStep(step, report);
  made.set('index.html', { text: pageHtml(lab, writer) });
  return { files: made, report: report.all() };
}

function pageHtml(lab: Lab, writer: HtmlWriter): string {
  const none: ReadonlyMap<string, Leaf> = new Map();
  const facts = [
    lab.level,
    lab.minutes === undefined ? undefined : `${lab.minutes} minutes`,
    lab.nodes.length === 0 ? undefined : `nodes: ${lab.nodes.map(({ name }) => name).join(', ')}`,
    lab.authors.length === 0 ? undefined : `by ${lab.authors.join(', ')}`,
    lab.license,
  ].filter((fact) => fact !== undefined);
  const steps = lab.steps.map(
    ({ id, title, blocks, checks }, index) =>
      `<section id="${escapeHtml(`l-${id}`)}">\n<h2>${index + 1}. ${escapeHtml(title)}</h2>\n${blocksHtml(blocks, {
        ...writer,
        leaves: new Map(leavesOf(checks).map((leaf) => [leaf.key, leaf])),
      })}\n</section>`,
  );
  return `<!doctype html>
<html lang="${escapeHtml(lab.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'">
<title>${escapeHtml(lab.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(lab.title)}</h1>
<p><small>${escapeHtml(facts.join(' · '))}</small></p>
${[blocksHtml(lab.intro, { ...writer, leaves: none }), ...steps, blocksHtml(lab.finish ?? [], { ...writer, leaves: none })].join('\n')}
</body>
</html>
`;
}

function blocksHtml(blocks: readonly Block[], writer: PageWriter): string {
  return blocks.map((block) => blockHtml(block, writer)).join('\n');
}

function blockHtml(block: Block, writer: PageWriter): string {
  switch (block.kind) {
    case 'prose':
      return proseHtml(block.nodes, writer);
    case 'run':
      return figure(runCaption(block), codeHtml(block.shown ?? block.text));
    case 'file':
      return figure(`${fileVerb(block.change.mode)} ${nodeWords(block.node)}${block.path}`, codeHtml(block.text));
    case 'output':
      return figure('Output', codeHtml(block.text));
    case 'checks': {
      const items = block.leaves
        .flatMap((key) => writer.leaves.get(key) ?? [])
        .map((leaf) => element('li', {}, escapeHtml(leafTitle(leaf))));
      return items.length === 0 ? '' : element('ul', { class: 'checks' }, items.join('\n'));
    }
    case 'quiz': {
      const type = block.several ? 'checkbox' : 'radio';
      const items = block.items.map(
        ({ nodes }) =>
          `<li><label><input type="${type}" name="${escapeHtml(block.key)}"> ${inlineHtml(nodes, writer)}</label></li>`,
      );
      const answers = block.items.flatMap(({ nodes, right, why }) =>
        right || why !== undefined
          ? `<li>${right ? '✓' : '✗'} ${inlineHtml(nodes, writer)}${why === undefined ? '' : `: ${inlineHtml(why, writer)}`}</li>`
          : [],
      );
      return `<p>${inlineHtml(block.question, writer)}</p>\n<ul>${items.join('\n')}</ul>\n${folded('Answer', `<ul>${answers.join('\n')}</ul>`)}`;
    }
    case 'ask':
      return element('p', {}, escapeHtml(block.question));
    case 'hint':
    case 'solution':
    case 'details':
      return folded(block.title, blocksHtml(block.blocks, writer));
    case 'port':
      return element('p', {}, portHtml(block, escapeHtml(block.text)));
    case 'file-link':
      return element('p', {}, element('code', {}, escapeHtml(`${block.node}:${block.path}`)));
    case 'image':
      return element('p', {}, imageHtml({ url: block.src, external: block.external, alt: block.alt }, writer));
  }
}

function folded(title: string, content: string): string {
  return `<details><summary>${escapeHtml(title)}</summary>\n${content}\n</details>`;
}

function figure(caption: string, content: string): string {
  return `<figure><figcaption>${escapeHtml(caption)}</figcaption>${content}</figure>`;
}

function runCaption({ where, mode, opens }: Run): string {
  const verb = { run: 'Run', type: 'Type', keys: 'Press', show: 'Example' }[mode];
  const place = where.all === true ? ' on every node' : where.node === undefined ? '' : ` on ${where.node}`;
  const terminal = opens === 'background' ? ', in a terminal of its own' : '';
  return `${verb}${place}${where.terminal === undefined ? '' : `, terminal ${where.terminal}`}${terminal}`;
}

function nodeWords(node: string | undefined): string {
  return node === undefined ? '' : `${node}:`;
}

function fileVerb(mode: string): string {
  return mode === 'write' ? 'Write' : mode === 'patch' ? 'Change' : 'Add to';
}

/** What runs out of sight has no place on a page. */
function reportStep(step: Step, report: Report): void {
  const scripts = {
    setup: step.setup,
    break: step.breaks,
    solve: Array.isArray(step.solve) ? step.solve : [],
    wrong: step.wrong,
  };
  for (const [word, list] of Object.entries(scripts))
    for (const { source } of list) report.dropped(word, source.file, source.line, 'Nothing runs on a page.');
}

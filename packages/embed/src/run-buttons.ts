/** Run buttons beside the page's own code blocks: never inside them, so that a page which draws them anew keeps working. */
import { codeText } from './blocks/code-text.ts';
import { type CodeBlock, findBlocks } from './blocks/find-blocks.ts';
import { createPresses } from './blocks/presses.ts';
import { withoutPrompts } from './blocks/prompts.ts';
import { repairText } from './blocks/repair-text.ts';
import type { DrydockElement } from './element.ts';
import { strings } from './strings.ts';

const ELEMENTS = 'drydock-terminal, drydock-lab';
/** After the page has changed its blocks are looked at anew, at most so often (ms). */
const LOOK_AGAIN_MS = 200;

const CSS = `
.drydock-run { display: inline-flex; gap: .75rem; align-items: baseline; margin: .25rem 0 1rem; font: .875rem/1.4 system-ui, sans-serif; }
.drydock-run button { font: inherit; min-block-size: 2rem; padding: 0 .875rem; cursor: pointer; border: 1px solid currentColor; border-radius: 4px; background: transparent; color: inherit; }
.drydock-run button:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
@media print { .drydock-run { display: none; } }
`;

/** The block of each row of ours: a page that draws its block anew keeps the row, which then means the new one. */
const blockOf = new WeakMap<Element, CodeBlock>();
const presses = createPresses();
let element: DrydockElement | undefined;

/** The element that a block's text goes to: the one it names, the page's first, or a new one after the block's own row. */
function targetOf(block: CodeBlock, row: Element): DrydockElement {
  const named = block.outer.getAttribute('data-drydock-for') ?? block.block.getAttribute('data-drydock-for');
  const found = named === null ? document.querySelector(ELEMENTS) : document.getElementById(named);
  if (found !== null) return found as DrydockElement;
  if (element?.isConnected !== true) {
    element = document.createElement('drydock-terminal') as DrydockElement;
    row.after(element);
  }
  return element;
}

/** `.term2` of old pages, or `data-node`. */
function nodeOf({ block, outer }: CodeBlock): string | undefined {
  return outer.getAttribute('data-node') ?? block.getAttribute('data-node') ?? undefined;
}

function addButton(first: CodeBlock): void {
  const row = document.createElement('div');
  row.className = 'drydock-run';
  row.dataset.drydock = '';
  const button = document.createElement('button');
  button.type = 'button';
  const label = nodeOf(first);
  button.textContent = label === undefined ? strings.run : strings.runIn(label);
  const said = document.createElement('span');
  said.role = 'status';
  row.append(button, said);
  blockOf.set(row, first);
  button.addEventListener('click', (event) => {
    if (!event.isTrusted || !presses.isFirst(button, event.timeStamp)) return;
    const found = blockOf.get(row) ?? first;
    const node = nodeOf(found);
    const { text, repairs } = repairText(codeText(found.block));
    const say = (what: string) => {
      said.textContent = repairs.length > 0 ? `${what}. ${strings.repaired}` : what;
    };
    say(strings.running);
    targetOf(found, row)
      .run(withoutPrompts(text, found.language), node === undefined ? {} : { node })
      .then(
        (answer) => say('exit' in answer ? strings.finished(answer.exit) : strings.typed),
        () => say(strings.failed),
      );
  });
  first.outer.after(row);
}

function upgradeAll(languages: ReadonlySet<string>): void {
  for (const found of findBlocks(document, languages)) {
    const row = found.outer.nextElementSibling;
    if (row !== null && blockOf.has(row)) blockOf.set(row, found);
    else addButton(found);
  }
}

/** Gives blocks of these languages (`sh,console`) Run buttons, now and when the page changes. */
export function upgradeBlocks(names: string): void {
  const languages = new Set(
    names
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
  );
  if (languages.size === 0) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  upgradeAll(languages);
  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      upgradeAll(languages);
    }, LOOK_AGAIN_MS);
  }).observe(document.documentElement, { childList: true, subtree: true });
}

/**
 * What an old page has clicked: blocks that are typed, files that are put, links to ports. One listener for the whole page, so that what the
 * page adds or draws anew works too.
 */
import { codeText } from '../blocks/code-text.ts';
import { createPresses } from '../blocks/presses.ts';
import { withoutPrompts } from '../blocks/prompts.ts';
import type { Term } from './pwd-terms.ts';

/** So far above a block generators put its class. */
const CLASS_DEPTH = 3;

/** A file of the page itself, or one that the node fetches. */
export type PutFile = { name: string; content: Uint8Array } | { url: string };

export interface MarkupDeps {
  terms(): readonly Term[];
  type(index: number, text: string): void;
  /** Puts a file into `folder`; empty for the shell's own. */
  put(index: number, folder: string, file: PutFile): void;
  open(index: number, port: number, path: string): void;
}

/** Whether a text names the selector and not a longer one (`.term1`, not `.term10`). */
function names(text: string, selector: string): boolean {
  const at = text.indexOf(selector);
  if (at === -1) return false;
  return /[\w-]/.test(text.charAt(at + selector.length)) ? names(text.slice(at + 1), selector) : true;
}

function decoded(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** UTF-8, or Latin-1 where it is none: authors wrote both. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

function termOf(terms: readonly Term[], text: string): number {
  return terms.findIndex(({ selector }) => names(text, selector));
}

/** The term of a block, by the class of its code or of what stands around it. */
function termOfBlock(terms: readonly Term[], block: Element): number {
  const code = block.querySelector('code') ?? block;
  for (let element: Element | null = code, up = 0; element !== null && up <= CLASS_DEPTH; up += 1) {
    const found = termOf(terms, element.className);
    if (found !== -1) return found;
    element = element.parentElement;
  }
  return -1;
}

function commandOf(block: Element): string {
  const given = block.getAttribute('data-command-src') ?? block.querySelector('code')?.getAttribute('data-command-src');
  const bytes = given ? decoded(given) : undefined;
  return bytes === undefined ? withoutPrompts(codeText(block), '') : textOf(bytes).replace(/\n$/, '');
}

function fileOf(element: Element): PutFile | undefined {
  const [, name = '', content = ''] = /^([^:]+):(.*)$/s.exec(element.getAttribute('data-upload-src') ?? '') ?? [];
  const bytes = name === '' ? undefined : decoded(content);
  if (bytes !== undefined) return { name, content: bytes };
  const url = element.getAttribute('data-source-url');
  return url === null ? undefined : { url };
}

/** Listens; attributes are read when something is pressed, since pages change them. */
export function listenToMarkup({ terms, type, put, open }: MarkupDeps): void {
  const { isFirst } = createPresses();

  function onLink(link: Element, event: Event): boolean {
    const port = Number(link.getAttribute('data-port'));
    const named = link.getAttribute('data-term');
    const index = named === null ? 0 : termOf(terms(), named);
    if (!Number.isInteger(port) || port < 1 || port > 65_535 || index === -1) return false;
    event.preventDefault();
    const href = link.getAttribute('href') ?? '/';
    open(index, port, href.startsWith('/') ? href : '/');
    return true;
  }

  function onUpload(element: Element, at: number): boolean {
    const index = termOf(terms(), element.getAttribute('data-upload-term') ?? '');
    const file = fileOf(element);
    if (index === -1 || file === undefined) return false;
    if (isFirst(element, at)) put(index, element.getAttribute('data-upload-path') ?? '', file);
    return true;
  }

  document.addEventListener('click', (event) => {
    const { target, isTrusted, timeStamp } = event;
    // What types must be the visitor's own press.
    if (!isTrusted || !(target instanceof Element) || terms().length === 0) return;
    const link = target.closest('a[data-port]');
    if (link !== null && onLink(link, event)) return;
    const upload = target.closest('[data-upload-term]');
    if (upload !== null && onUpload(upload, timeStamp)) return;
    const block = target.closest('pre') ?? target.closest('code');
    const index = block === null ? -1 : termOfBlock(terms(), block);
    if (block !== null && index !== -1 && isFirst(block, timeStamp)) type(index, commandOf(block));
  });
}

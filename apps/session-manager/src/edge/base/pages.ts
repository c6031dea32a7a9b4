/** The few pages that the manager itself shows: short, self-contained, with nothing but text put into them. */
import type { ServerResponse } from 'node:http';

/** Keeps what is ours out of the reach of other sites' pages: they hold no handle of its window, and no part of it in theirs. */
export const APART = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Part of every policy of these pages: none of them makes code of strings, and nobody makes a way for it. */
export const NO_CODE_OF_STRINGS = "require-trusted-types-for 'script'; trusted-types 'none'";

/** Text as it may stand in HTML. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (letter) => names[letter] ?? letter);
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}main{max-width:34rem;padding:2rem}h1{font-size:1.5rem;margin:0 0 .5rem}p{margin:.5rem 0;opacity:.85}button{font:inherit;padding:.5rem 1rem;margin-top:.75rem;cursor:pointer}`;

/** A page around `body`, which is HTML; `reloadSeconds` makes it look again by itself. */
export function pageFrame(title: string, body: string, reloadSeconds?: number): string {
  const reload = reloadSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${reloadSeconds}">`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${reload}<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`;
}

/** Answers with HTML that is ours. */
export function htmlResponse(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *; ${NO_CODE_OF_STRINGS}`,
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'noindex',
    ...APART,
    ...headers,
  });
  response.end(body);
}

/** Answers with a title and paragraphs of plain text. */
export function pageResponse(
  response: ServerResponse,
  status: number,
  title: string,
  text: string | readonly string[],
  reloadSeconds?: number,
): void {
  const paragraphs = [text].flat().map((line) => `<p>${escapeHtml(line)}</p>`);
  const retry: Record<string, string> = reloadSeconds === undefined ? {} : { 'retry-after': String(reloadSeconds) };
  htmlResponse(response, status, pageFrame(title, paragraphs.join(''), reloadSeconds), retry);
}

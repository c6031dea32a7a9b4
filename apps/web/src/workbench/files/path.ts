/** Paths of a node as text: joined, taken apart, and shown so that odd characters in names can be seen. */

/** Longest name of a file on Linux (bytes, NAME_MAX). */
const MAX_NAME_BYTES = 255;

export type NameProblem = 'empty' | 'slash' | 'dots' | 'nul' | 'long';

/** The path of `name` in the folder `folder`. */
export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** The folder that holds `path`; the root holds itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The last part of `path`; `/` for the root. */
export function nameOf(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** `path` after `from` was moved to `to`; unchanged when it does not lie there. */
export function movedPath(path: string, from: string, to: string): string {
  return isWithin(path, from) ? to + path.slice(from.length) : path;
}

/** What a person typed, as an absolute path without `.`, `..` and doubled slashes; relative to `base`. */
export function resolvePath(base: string, typed: string): string {
  const parts: string[] = [];
  for (const part of (typed.startsWith('/') ? typed : `${base}/${typed}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The folders that lead to `path`, the root first, `path` itself last. */
export function crumbsOf(path: string): { name: string; path: string }[] {
  const crumbs = [{ name: '/', path: '/' }];
  for (const name of path.split('/').filter((part) => part !== '')) {
    crumbs.push({ name, path: joinPath(crumbs.at(-1)?.path ?? '/', name) });
  }
  return crumbs;
}

/** Why a name cannot be given to a file; null when it can. */
export function nameProblem(name: string): NameProblem | null {
  if (name === '') return 'empty';
  if (name.includes('/')) return 'slash';
  if (name === '.' || name === '..') return 'dots';
  if (name.includes('\0')) return 'nul';
  return new TextEncoder().encode(name).length > MAX_NAME_BYTES ? 'long' : null;
}

/** A name with its control characters made visible (Unicode's control pictures), and direction marks taken out of play. */
export function shownName(name: string): string {
  return name
    .replace(/[^\P{Cc}]/gu, (letter) => (letter < ' ' ? String.fromCharCode(0x2400 + letter.charCodeAt(0)) : '\u2421'))
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '\u25af');
}

/** Whether a name came over damaged: its bytes are not UTF-8, so that no path of ours leads to it. */
export function isDamagedName(name: string): boolean {
  return name.includes('\ufffd');
}

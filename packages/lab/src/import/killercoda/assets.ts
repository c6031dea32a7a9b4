/** `details.assets`: files that are put on the machines before the first shell. */
import { withoutEnd } from '@drydock/protocol';
import { isNodePath, resolvePath } from '../../source/lab-files.ts';
import type { Located } from '../../yaml/located.ts';
import { FIRST_HOST, type KillercodaContext, SECOND_HOST } from './context.ts';
import { field, itemsOf, textField } from './index-file.ts';

/** Rules of one scenario; more are nobody's. */
const MAX_RULES = 500;

/** Copies them to `files/<node>/<path>`. */
export function takeAssets(details: Located | undefined, context: KillercodaContext): void {
  const assets = field(details, 'assets');
  const { report } = context;
  if (assets?.type !== 'map') return;
  for (const { key, place, value } of assets.entries) {
    const node = key === SECOND_HOST || key === 'node01' ? SECOND_HOST : FIRST_HOST;
    if (key !== FIRST_HOST && key !== SECOND_HOST)
      report.changed(`assets.${key}`, place.file, place.line, `These files are put on ${node}.`);
    if (node === SECOND_HOST) context.second = true;
    for (const rule of itemsOf(value).slice(0, MAX_RULES)) takeRule(rule, node, context);
  }
}

function takeRule(rule: Located, node: string, context: KillercodaContext): void {
  const { report, files, folder, made } = context;
  const { file: at, line } = rule.place;
  const pattern = textField(rule, 'file');
  const target = withoutEnd((textField(rule, 'target') ?? '/root').replace(/^~(?=\/|$)/, '/root'), '/');
  const mode = textField(rule, 'chmod');
  if (pattern === undefined) {
    report.dropped('assets', at, line, 'This rule names no file.');
    return;
  }
  if (mode !== undefined && !/^[augo]*\+[rwx]+$/.test(mode))
    report.dropped(`chmod ${mode}`, at, line, 'Only "+x" is kept.');
  const executable = mode !== undefined && /^[augo]*\+[rw]*x/.test(mode);
  const base = `${folder}assets/`;
  const matches = globTest(pattern);
  let found = 0;
  for (const [path, file] of files) {
    const inside = path.startsWith(base) ? path.slice(base.length) : undefined;
    if (inside === undefined || !matches(inside)) continue;
    found += 1;
    const name = inside.slice(fixedPart(pattern).length);
    const to = `${target}/${name}`;
    // What is on a node must stay there: no "..", no control characters; and the same in the lab's own folder.
    if (!isNodePath(to) || resolvePath('x', `files${to}`) === undefined) {
      report.dropped('assets', at, line, `"${to.slice(0, 80)}" is no absolute path of a machine.`);
      continue;
    }
    made.set(`files/${node}${to.replace(/\/+/g, '/')}`, { ...file, ...(executable ? { executable } : {}) });
  }
  if (found === 0) report.dropped('assets', at, line, `The scenario has no file "assets/${pattern.slice(0, 80)}".`);
}

/** What stands before the glob's first folder with a letter of globs: sub-folders below it are kept. */
function fixedPart(pattern: string): string {
  const at = pattern.search(/[*?]/);
  const fixed = at < 0 ? pattern : pattern.slice(0, at);
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

/** Whether a path fits `*`, `?` and `**`; names that begin with a dot only where the pattern says so. Time is pattern × path. */
export function globTest(pattern: string): (path: string) => boolean {
  const parts = pattern.split('/').slice(0, 40);
  return (path) => {
    const names = path.split('/').slice(0, 40);
    // Reached pattern parts after each name: a set, so that no pattern makes it slow.
    let reached = closure(new Set([0]), parts);
    for (const name of names) {
      const next = new Set<number>();
      for (const index of reached) {
        const part = parts[index];
        if (part === undefined) continue;
        if (part === '**') {
          if (!name.startsWith('.')) next.add(index);
        } else if (fits(part, name)) next.add(index + 1);
      }
      reached = closure(next, parts);
    }
    return reached.has(parts.length);
  };
}

function closure(reached: Set<number>, parts: readonly string[]): Set<number> {
  for (const index of reached) if (parts[index] === '**') reached.add(index + 1);
  return reached;
}

function fits(part: string, name: string): boolean {
  if (name.startsWith('.') && !part.startsWith('.')) return false;
  let [at, star, from] = [0, -1, 0];
  let index = 0;
  while (index < name.length) {
    if (part[at] === '?' || (part[at] === name[index] && part[at] !== '*')) {
      at += 1;
      index += 1;
    } else if (part[at] === '*') {
      star = at;
      from = index;
      at += 1;
    } else if (star >= 0) {
      at = star + 1;
      from += 1;
      index = from;
    } else return false;
  }
  while (part[at] === '*') at += 1;
  return at === part.length;
}

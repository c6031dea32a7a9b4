/** Links and pictures of a step's text: what stands in the scenario comes along, what does not is dropped. */
import { resolvePath } from '../../source/lab-files.ts';
import type { At } from './code-block.ts';
import type { KillercodaContext } from './context.ts';

const LINK = /(!?)\[([^\][\n]{0,500})\]\(\s*<?([^)<>\s[]{1,2000})>?((?:\s+"[^"]{0,300}")?)\s*\)/g;

/** Rewrites the links of a line of prose. */
export function rewriteLinks(line: string, at: At, context: KillercodaContext): string {
  for (const lost of line.match(/<(?:iframe|img|video|script|style)\b|\sstyle=/gi) ?? [])
    context.report.dropped(lost.trim(), at.file, at.line, 'This HTML is not shown; a text in it stays.');
  if (!line.includes('](')) return line;
  return line.replace(LINK, (whole, mark: string, label: string, target: string, title: string) => {
    if (/^(?:[a-z][a-z0-9+.-]*:|#|\/\/|\{\{|\[\[)/i.test(target)) return whole;
    const made = comeAlong(target, at.file, context);
    if (made !== undefined) return `${mark}[${label}](${encodeURI(made).replace(/[()]/g, encodeURIComponent)}${title})`;
    context.report.dropped(
      `${mark}[…](${target})`,
      at.file,
      at.line,
      'The scenario has no such file: its text alone is left.',
    );
    return label;
  });
}

/** Finds the file by Killercoda's rule (beside the Markdown) or Katacoda's (absolute, below `assets/`), and takes it along. */
function comeAlong(target: string, from: string, { files, folder, made }: KillercodaContext): string | undefined {
  const clean = decoded(target.split(/[?#]/, 1)[0] ?? '');
  const [, ...below] = `/${clean}`.split('/assets/');
  const assets = below.length === 0 ? undefined : below.join('/assets/');
  const candidates = [
    resolvePath(from, clean),
    assets === undefined ? undefined : resolvePath(`${folder}assets/x`, assets),
    assets === undefined ? undefined : resolvePath('assets/x', assets),
  ];
  const found = candidates.find((path) => path !== undefined && files.has(path));
  const file = found === undefined ? undefined : files.get(found);
  if (found === undefined || file === undefined) return undefined;
  const name = `assets/${found.startsWith(folder) ? found.slice(folder.length).replace(/^assets\//, '') : found.replace(/^assets\//, '')}`;
  if (/\.md$/i.test(name)) return undefined;
  made.set(name, file);
  return name;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

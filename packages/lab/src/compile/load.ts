/** Files of the lab to one stream of raw blocks: includes are put in place, cycles and floods of them refused. */
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import { MAX_INCLUDE_DEPTH, MAX_INCLUDES, MAX_LAB_TEXT_BYTES, MAX_TEXT_BYTES } from '../limits.ts';
import { type RawBlock, rawBlocks } from '../markdown/raw-blocks.ts';
import { markdownTokens } from '../markdown/tokens.ts';
import { fileSize, type LabFiles, resolvePath } from '../source/lab-files.ts';
import { createSourceFile, type SourceFile } from '../source/source-file.ts';
import { readComment } from './comments.ts';
import { folderOf } from './wishes.ts';

/** A top-level block with the file that it stands in. */
export type Located = { raw: RawBlock; source: SourceFile };

export type Loader = {
  /** The source of a Markdown file; undefined, with findings, when it is missing or too large. */
  source(path: string, from: Place): SourceFile | undefined;
  /** Its blocks from line `skip` (front matter) on. */
  blocks(source: SourceFile, skip: number): Located[];
  /** Markdown files of a folder `steps` beside the entry, in the order of names. */
  stepFiles(entry: string): string[];
};

export function createLoader(files: LabFiles, findings: Findings): Loader {
  const open: string[] = [];
  let includes = 0;
  let bytes = 0;

  function source(path: string, from: Place): SourceFile | undefined {
    const file = files.get(path);
    if (file === undefined) {
      const names = [...files.keys()].filter((name) => name.endsWith('.md'));
      findings.add('FILE_MISSING', from, `The lab has no file "${path}".${didYouMean(path, names)}`);
      return undefined;
    }
    const size = fileSize(file);
    bytes += size;
    const place = { file: path, line: 1, column: 1 };
    if (size > MAX_TEXT_BYTES || !('text' in file)) {
      const why = 'text' in file ? `has ${size} bytes; a text has at most ${MAX_TEXT_BYTES}` : 'is no text';
      findings.add('FILE_TOO_LARGE', place, `"${path}" ${why}.`);
      return undefined;
    }
    if (bytes > MAX_LAB_TEXT_BYTES) {
      findings.add(
        'LAB_TOO_LARGE',
        from,
        `The texts of a lab have at most ${MAX_LAB_TEXT_BYTES} bytes, each include counted.`,
      );
      return undefined;
    }
    return createSourceFile(path, file.text);
  }

  function blocks(file: SourceFile, skip: number): Located[] {
    open.push(file.path);
    const text = skip === 0 ? file.text : file.lines.slice(skip).join('\n');
    const raw = rawBlocks(markdownTokens(text), { source: file, lineOffset: skip, findings });
    const stream = raw.flatMap((block) => included(block, file));
    open.pop();
    return stream;
  }

  function included(raw: RawBlock, from: SourceFile): Located[] {
    if (raw.type !== 'comment') return [{ raw, source: from }];
    const place = { file: from.path, line: raw.lines[0] + 1, column: raw.column };
    const comment = readComment(raw.text, place, createSilence());
    if (comment?.kind !== 'include') return [{ raw, source: from }];
    const path = resolvePath(from.path, comment.path);
    if (path === undefined) {
      findings.add('FILE_UNSAFE_PATH', place, `"${comment.path}" leads out of the lab.`);
      return [];
    }
    if (open.includes(path)) {
      findings.add(
        'INCLUDE_CYCLE',
        place,
        `"${path}" includes itself: ${[...open.slice(open.indexOf(path)), path].join(' → ')}.`,
      );
      return [];
    }
    includes += 1;
    if (includes > MAX_INCLUDES || open.length > MAX_INCLUDE_DEPTH) {
      findings.add(
        'INCLUDE_TOO_MANY',
        place,
        `A lab includes at most ${MAX_INCLUDES} times, ${MAX_INCLUDE_DEPTH} deep.`,
      );
      return [];
    }
    const file = source(path, place);
    return file === undefined ? [] : blocks(file, 0);
  }

  return {
    source,
    blocks,
    stepFiles(entry) {
      const folder = `${folderOf(entry)}steps/`;
      return [...files.keys()]
        .filter((path) => path.startsWith(folder) && /^[^/]+\.md$/.test(path.slice(folder.length)))
        .toSorted();
    },
  };
}

/** The comment is read again where it stands: its findings are made once, there. */
function createSilence(): Findings {
  return { add: () => {}, all: () => [] };
}

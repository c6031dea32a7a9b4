/** The files of a lab as its caller gives them, and safe ways from one to another. */

/** A file: text where the lab reads it (Markdown, YAML, scripts, files for nodes), else what identifies it. */
export type LabFile = { text: string; executable?: boolean } | { size: number; digest: string; executable?: boolean };

export type LabFiles = ReadonlyMap<string, LabFile>;

/** UTF-8 bytes of a file. */
export function fileSize(file: LabFile): number {
  return 'text' in file ? utf8Length(file.text) : file.size;
}

/** UTF-8 length without making the bytes; a lone surrogate counts as the replacement character does (3). */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code < 0xdc00 && isLow(text.charCodeAt(index + 1))) {
      bytes += 2;
      index += 1;
    } else bytes += 2;
  }
  return bytes;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}

/**
 * The lab's path of `reference` as written in the file `from`; undefined when it leaves the lab, is absolute, or holds what no honest
 * path holds (backslashes, control characters, a scheme).
 */
export function resolvePath(from: string, reference: string): string | undefined {
  if (reference === '' || reference.startsWith('/') || !isCleanPath(reference)) return undefined;
  const parts = from.split('/').slice(0, -1);
  for (const part of reference.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join('/');
}

/** An absolute path inside a node, without `..` and control characters, at most 1,024 long. */
export function isNodePath(path: string): boolean {
  return path.startsWith('/') && path.length <= 1024 && isCleanPath(path) && !path.split('/').includes('..');
}

function isCleanPath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/[\u0000-\u001f\u007f\\]/.test(path) && !/^[a-z][a-z0-9+.-]*:/i.test(path);
}

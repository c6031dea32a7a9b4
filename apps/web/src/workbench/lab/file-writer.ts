/** File blocks of a lab: writes, adds to or changes a file of a node, as the block shows it. */
import { ApiError, type FilesApi } from '@drydock/client';
import type { FileWrite } from '@drydock/lab';

/** A file that a lab changes is looked at that far (bytes); a larger one is no exercise. */
const MAX_CHANGED_BYTES = 1024 * 1024;

export type ShownFile = Omit<FileWrite, 'source'>;

/** Why a change could not be made; the page says it in its own words. */
export class ChangeError extends Error {
  readonly why: 'no-line' | 'no-fit' | 'too-large';

  constructor(why: 'no-line' | 'no-fit' | 'too-large') {
    super(why);
    this.name = 'ChangeError';
    this.why = why;
  }
}

async function readText(api: FilesApi, node: string, path: string): Promise<string> {
  try {
    const content = await api.read(node, path, MAX_CHANGED_BYTES);
    switch (content.kind) {
      case 'file':
        return new TextDecoder().decode(content.bytes);
      case 'large':
        throw new ChangeError('too-large');
      case 'folder':
        throw new ChangeError('no-fit');
    }
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FILE_NOT_FOUND') return '';
    throw error;
  }
}

const withNewline = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/** The text of the file after the change. @throws ChangeError where the file does not have what the change is made at. */
export async function changedText(before: string, { change, text }: ShownFile): Promise<string> {
  switch (change.mode) {
    case 'write':
      return withNewline(text);
    case 'append':
      return withNewline(before) + withNewline(text);
    case 'patch': {
      const { applyPatch } = await import('diff');
      const patched = applyPatch(before, text, { fuzzFactor: 2 });
      if (patched === false) throw new ChangeError('no-fit');
      return patched;
    }
    case 'before':
    case 'after': {
      // Patterns of authors are tried by an engine without back-tracking.
      const { patternFinds } = await import('@drydock/lab');
      const lines = before.split('\n');
      const at = lines.findIndex((line) => patternFinds(change.pattern, line));
      if (at < 0) throw new ChangeError('no-line');
      lines.splice(change.mode === 'before' ? at : at + 1, 0, text.replace(/\n$/, ''));
      return lines.join('\n');
    }
  }
}

/** Makes the change on `node`. @throws ApiError | ChangeError; the file is then as it was. */
export async function writeBlock(api: FilesApi, node: string, file: ShownFile): Promise<void> {
  const before = file.change.mode === 'write' ? '' : await readText(api, node, file.path);
  const after = await changedText(before, file);
  await api.write(node, file.path, new Blob([after]));
}

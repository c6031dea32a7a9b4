/** What a person takes home from a session as plain text: every shell's history, and what happened. */
import { ApiError, type FilesApi } from '@drydock/client';
import { withoutEnd } from '@drydock/protocol';
import { downloadBlob } from '../base/download.ts';
import { HOME } from './tree.ts';

/** More of a history than this is not what a person typed (bytes). */
export const MAX_HISTORY_BYTES = 8 * 1024 * 1024;

/** The shell history of a node: null when nothing was typed there yet, `too-large` when it is not what a person typed. */
export async function historyOf(api: Pick<FilesApi, 'read'>, node: string): Promise<string | null | 'too-large'> {
  try {
    const content = await api.read(node, `${HOME}/.bash_history`, MAX_HISTORY_BYTES);
    return content.kind === 'file' ? new TextDecoder().decode(content.bytes) : 'too-large';
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FILE_NOT_FOUND') return null;
    throw error;
  }
}

/** One text of the histories of all nodes, each under a line that a shell takes for a comment. */
export function joinHistories(histories: readonly { node: string; history: string | null }[]): string {
  return histories
    .map(
      ({ node, history }) => `# ${node}\n${history === null || history === '' ? '' : `${withoutEnd(history, '\n')}\n`}`,
    )
    .join('\n');
}

/** Gives text as a file. */
export function downloadText(text: string, name: string): void {
  downloadBlob(new Blob([text], { type: 'text/plain' }), name);
}

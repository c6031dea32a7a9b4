/** The command that the exporter writes for a file, and its way back. Any other heredoc stays the command that it is. */
import { isNodePath } from '../../source/lab-files.ts';
import { fitsInfo, writeFence } from '../write-lab.ts';

const END = 'END_OF_LAB_FILE';
const FORM = /^cat (>>?) '([^'\n]{1,1024})' <<'END_OF_LAB_FILE'\n(?:([\s\S]*)\n)?END_OF_LAB_FILE\n?$/;

/** A shell command that writes or appends `text`; undefined where no such command can. */
export function fileCommand(path: string, text: string, append: boolean): string | undefined {
  if (path.includes("'") || path.includes('\n') || text.split('\n').includes(END)) return undefined;
  return `cat ${append ? '>>' : '>'} '${path}' <<'${END}'\n${text.replace(/\n?$/, '\n')}${END}`;
}

/** The fence that such a command stands for. */
export function writtenFile(text: string): ((node: string | undefined) => string) | undefined {
  const [, mode, path = '', body = ''] = FORM.exec(text) ?? [];
  if (mode === undefined || !isNodePath(path) || !fitsInfo(path) || body.split('\n').includes(END)) return undefined;
  return (node) =>
    writeFence('text', body, {
      ...(node === undefined ? {} : { node }),
      words: mode === '>>' ? ['append'] : [],
      values: { file: path },
    });
}

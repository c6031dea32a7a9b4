/** `drydock cp`: files and folders between this machine and a node. */
import type { Command } from 'commander';
import { EXIT, Failure } from '../../failure.ts';
import { type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';
import { type Copied, createCopies } from '../../sessions/copies.ts';

/** `node1:/root/file`; the path is absolute, or below /root. */
const REMOTE = /^([a-z][a-z0-9-]*):(.*)$/;
const HOME = '/root';

interface Remote {
  node: string;
  path: string;
}

function remoteOf(text: string): Remote | undefined {
  const [, node, path] = REMOTE.exec(text) ?? [];
  if (node === undefined || path === undefined) return undefined;
  return { node, path: path.startsWith('/') ? path : `${HOME}/${path}` };
}

/** Adds the command. */
export function cpCommand(program: Command, { output, session, bounds }: SessionContext): void {
  withSession(program.command('cp <from> <to>'))
    .description('copy a file or folder: drydock cp ./site node1:/srv/, drydock cp node1:/etc/hosts .')
    .action(async (from: string, to: string, options: SessionOption) => {
      const [source, target] = [remoteOf(from), remoteOf(to)];
      if ((source === undefined) === (target === undefined))
        throw new Failure('USAGE', 'One of the two is on a node.', EXIT.usage, 'drydock cp ./file node1:/root/');
      const copies = createCopies(await session(options), bounds);
      const copied: Copied =
        source === undefined ? await copies.up(from, target as Remote) : await copies.down(source, to);
      output.show(
        copied,
        ({ files, bytes, to: place }) => `${files === 1 ? '1 file' : `${files} files`}, ${bytes} bytes: ${place}`,
      );
    });
}

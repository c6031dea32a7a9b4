/** Which program stands behind a new terminal: a login shell in the node, by way of dd-enter. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DrydockError } from '@drydock/protocol';
import { SIZES_DESCRIPTOR } from './entered-pty.ts';
import type { TerminalsEnv } from './env.ts';
import type { TerminalHostOptions } from './terminal-host.ts';

/** All that a shell may know of the host that it was started from: the node's own environment is made by dd-enter and login. */
const SHELL_ENV = {
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

/** How terminals of nodes are started: dd-enter opens a PTY of the node's own and pumps between it and our sockets. */
export function nodeTerminalCommand({ nodesDir, enterPath }: TerminalsEnv): TerminalHostOptions['commandFor'] {
  return ({ sessionId, node }, { cols, rows }) => {
    // Both names were checked against their forms at the border, so that they cannot leave the directory.
    const nodeDir = join(nodesDir, sessionId, node);
    if (!existsSync(nodeDir)) throw new DrydockError('NODE_NOT_FOUND');
    const tty = ['--tty', `${cols}x${rows}`, '--sizes', String(SIZES_DESCRIPTOR)];
    return {
      file: enterPath,
      args: ['--node-dir', nodeDir, ...tty, '--', '/bin/bash', '-l'],
      env: SHELL_ENV,
      opensPty: true,
    };
  };
}

/** The fake runtime's shells: this host's own, told apart by their prompt. */
export function hostShellCommand(): TerminalHostOptions['commandFor'] {
  return ({ node }) => ({
    file: '/bin/bash',
    args: ['--norc', '--noprofile'],
    env: { ...SHELL_ENV, HOME: '/tmp', PS1: `root@${node}:\\w# ` },
  });
}

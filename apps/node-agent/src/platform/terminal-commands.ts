/** Which program stands behind a new terminal of a node, by the kind of platform. The terminal host starts it: it outlives the agent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DrydockError } from '@drydock/protocol';
import { fakeEnvironment } from '../runtime/fake/fake-environment.ts';
import { enterCommand } from '../runtime/runc/enter-command.ts';
import { SIZES_DESCRIPTOR } from '../terminals/entered-pty.ts';
import type { TerminalsEnv } from '../terminals/env.ts';
import type { TerminalHostOptions } from '../terminals/terminal-host.ts';

type CommandFor = TerminalHostOptions['commandFor'];

/** All that a shell may know of the host that it was started from: the node's own environment is made by dd-enter and login. */
const SHELL_ENV = {
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

/** A login shell in the node: dd-enter opens a PTY of the node's own and pumps between it and our sockets. */
function runcCommand({ stateDir, nativeDir }: TerminalsEnv): CommandFor {
  return ({ sessionId, node }, tty) => {
    // Both names were checked against their forms at the border, so that they cannot leave the directory.
    const nodeDir = join(stateDir, 'nodes', sessionId, node);
    if (!existsSync(nodeDir)) throw new DrydockError('NODE_NOT_FOUND');
    const enter = enterCommand({ nativeDir, nodeDir }, ['/bin/bash', '-l'], { tty, sizes: SIZES_DESCRIPTOR });
    return { ...enter, env: SHELL_ENV, opensPty: true };
  };
}

/** A shell of this host in the fake node's directory, told apart by its prompt. */
function fakeCommand({ stateDir }: TerminalsEnv): CommandFor {
  return ({ sessionId, node }) => {
    const home = join(stateDir, 'nodes', sessionId, node, 'root');
    if (!existsSync(home)) throw new DrydockError('NODE_NOT_FOUND');
    return {
      file: '/bin/bash',
      args: ['--norc', '--noprofile'],
      env: { ...SHELL_ENV, ...fakeEnvironment(home), PS1: `root@${node}:\\w# ` },
      cwd: home,
    };
  };
}

/** How terminals of this platform's nodes are started. */
export function terminalCommands(env: TerminalsEnv): CommandFor {
  switch (env.runtime) {
    case 'runc':
      return runcCommand(env);
    case 'fake':
      return fakeCommand(env);
  }
}

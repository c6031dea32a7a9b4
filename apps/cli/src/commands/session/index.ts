/** `drydock start, list, shell…`: one's own sessions, by their links. Each file beside this one declares one command. */
import type { Command } from 'commander';
import { sessionsFolder } from '../../env.ts';
import type { Output, Streams } from '../../output.ts';
import type { Bounds } from '../../place-fetch.ts';
import { createSessionContext } from '../../sessions/context.ts';
import { createSessionBook } from '../../sessions/session-book.ts';
import { cpCommand } from './cp.ts';
import { endCommand } from './end.ts';
import { execCommand } from './exec.ts';
import { extendCommand } from './extend.ts';
import { forwardCommand } from './forward.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { openCommand } from './open.ts';
import { shellCommand } from './shell.ts';
import { startCommand } from './start.ts';

const COMMANDS = [
  startCommand,
  listCommand,
  openCommand,
  shellCommand,
  execCommand,
  cpCommand,
  forwardCommand,
  logsCommand,
  extendCommand,
  endCommand,
];

/** Adds the commands. */
export function sessionCommands(program: Command, made: { output: Output; streams: Streams; bounds: Bounds }): void {
  const context = createSessionContext({ ...made, book: createSessionBook(sessionsFolder()) });
  for (const add of COMMANDS) add(program, context);
}

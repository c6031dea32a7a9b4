/**
 * `drydock exec`: one command on a node, without a terminal. Its outputs come apart, when it has ended, and its exit code is this program's.
 * What wants a terminal is for `drydock shell`, where a program writes both to the one terminal, so that nobody can tell them apart.
 */
import { MAX_EXEC_STDIN_BYTES, MAX_EXEC_TIMEOUT_SECONDS } from '@drydock/protocol';
import type { Command } from 'commander';
import { Ended, EXIT, Failure } from '../../failure.ts';
import { numberOf } from '../../output.ts';
import { ownFailures, type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';

type Options = SessionOption & { stdin?: boolean; timeout: number; dir?: string };

/** A command that says nothing else may take this long (s). */
const DEFAULT_SECONDS = 60;

/** Reads standard input to its end. @throws Failure when it is more than a call takes. */
async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_EXEC_STDIN_BYTES)
      throw new Failure('USAGE', `exec takes ${MAX_EXEC_STDIN_BYTES} bytes at most; copy a file instead.`, EXIT.usage);
  }
  return Buffer.concat(chunks).toString();
}

/** Adds the command. */
export function execCommand(program: Command, { output, streams, session, bounds }: SessionContext): void {
  withSession(program.command('exec <node> <command...>'))
    .description('run a command on a node; this program’s options stand before it: drydock exec -i node1 cat')
    .passThroughOptions()
    .option('-i, --stdin', 'give it what this program reads')
    .option(
      '--timeout <seconds>',
      `stop it after so long (at most ${MAX_EXEC_TIMEOUT_SECONDS})`,
      numberOf,
      DEFAULT_SECONDS,
    )
    .option('--dir <path>', 'where it runs')
    .action((node: string, command: string[], { stdin, timeout, dir, ...options }: Options) =>
      ownFailures(async () => {
        const { api } = await session(options);
        const request = {
          command,
          timeoutSeconds: timeout,
          ...(stdin === true ? { stdin: await readInput() } : {}),
          ...(dir === undefined ? {} : { workingDir: dir }),
        };
        const most = Math.min(timeout, MAX_EXEC_TIMEOUT_SECONDS) * 1000 + bounds.answerMs;
        const answer = await api.exec(node, request, AbortSignal.timeout(most));
        if (output.isJson()) output.show(answer, () => '');
        else {
          streams.out(answer.stdout);
          streams.err(answer.stderr);
          if (answer.truncated)
            streams.err('drydock: the output was longer than one call brings; the rest is left out\n');
        }
        throw new Ended(answer.exitCode);
      }),
    );
}

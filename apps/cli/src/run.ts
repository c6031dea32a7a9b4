/** One run of the program: arguments to an exit code. Commands are declared below commands/, one folder a group. */
import { Command, CommanderError } from 'commander';
import { labCommands } from './commands/lab/index.ts';
import { operatorCommands } from './commands/operator/index.ts';
import { Ended, EXIT, Failure } from './failure.ts';
import { createOutput } from './output.ts';

export type Streams = { out: (text: string) => void; err: (text: string) => void };

/** Runs the command that `args` name; resolves to the exit code. Never rejects. */
export async function run(args: readonly string[], { out, err }: Streams): Promise<number> {
  const program = new Command('drydock')
    .description('Drydock from a command line')
    .option('--json', 'print the answer as JSON; failures too, on stderr')
    .showHelpAfterError('Help: drydock --help')
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  /** Before or after the command: people write it at the end. */
  const isJson = () => program.opts<{ json?: boolean }>().json === true || args.includes('--json');
  const output = createOutput(out, isJson);
  labCommands(program, output);
  operatorCommands(program, output);
  acceptJson(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return fail(error, isJson(), err);
  }
}

function fail(error: unknown, isJson: boolean, err: (text: string) => void): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Ended) return error.exitCode;
  if (error instanceof Failure) {
    const { code, message, remedy } = error;
    if (isJson) err(`${JSON.stringify({ error: { code, message } })}\n`);
    else err(`${code}: ${message}${remedy === undefined ? '' : `\n  Remedy: ${remedy}`}\n`);
    return error.exitCode;
  }
  err(`INTERNAL: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.software;
}

/** Every command takes --json, wherever it stands. */
function acceptJson(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride();
    child.copyInheritedSettings(command);
    child.option('--json', 'print the answer as JSON');
    acceptJson(child);
  }
}

/** One run of the program: arguments to an exit code. Commands are declared below commands/, one folder a group. */
import { Command, CommanderError } from 'commander';
import { asFailure } from './call-failure.ts';
import { completionCommand } from './commands/completion/completion.ts';
import { sessionCommands } from './commands/session/index.ts';
import { Ended, EXIT, Failure } from './failure.ts';
import { createOutput, jsonLine, MAX_TEXT, type Output, plain, printable, type Streams } from './output.ts';
import { BOUNDS, type Bounds } from './place-fetch.ts';

/** Runs the command that `args` name; resolves to the exit code. Never rejects. */
export async function run(args: readonly string[], streams: Streams, bounds = BOUNDS): Promise<number> {
  const { out, err } = streams;
  const program = new Command('drydock')
    .description('Drydock from a command line')
    .option('--json', 'print the answer as JSON; failures too, on stderr')
    .showHelpAfterError('Help: drydock --help')
    .configureOutput({ writeOut: out, writeErr: err })
    .enablePositionalOptions()
    .exitOverride();
  /** Before or after the command: people write it at the end. What comes behind `exec NODE` is the node's own. */
  let json = false;
  const isJson = () => json;
  const output = createOutput(out, isJson);
  sessionCommands(program, { output, streams, bounds });
  const [first = ''] = args.filter((arg) => !arg.startsWith('-'));
  const isOwn = program.commands.some((command) => [command.name(), ...command.aliases()].includes(first));
  if (!isOwn) await addGroups(program, output, bounds);
  acceptJson(program, () => {
    json = true;
  });
  completionCommand(program, output);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return fail(error, isJson(), err);
  }
}

/** The other groups: what they stand on takes longer to load than most commands of sessions run, so that a line about a session goes without. */
async function addGroups(program: Command, output: Output, bounds: Bounds): Promise<void> {
  const [{ labCommands }, { operatorCommands }, { siteCommands }] = await Promise.all([
    import('./commands/lab/index.ts'),
    import('./commands/operator/index.ts'),
    import('./commands/site/index.ts'),
  ]);
  labCommands(program, output);
  operatorCommands(program, output, bounds);
  siteCommands(program, output, bounds);
}

function fail(thrown: unknown, isJson: boolean, err: (text: string) => void): number {
  const error = asFailure(thrown);
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Ended) return error.exitCode;
  if (error instanceof Failure) {
    const { code, message, remedy } = error;
    if (isJson) err(`${jsonLine({ error: { code, message } })}\n`);
    else
      err(`${plain(code)}: ${printable(message)}${remedy === undefined ? '' : `\n  Remedy: ${printable(remedy)}`}\n`);
    return error.exitCode;
  }
  err(`INTERNAL: ${plain(error instanceof Error ? error.message : String(error), MAX_TEXT)}\n`);
  return EXIT.software;
}

/** Every command takes --json, wherever it stands. */
function acceptJson(command: Command, found: () => void): void {
  command.on('option:json', found);
  for (const child of command.commands) {
    child.exitOverride();
    child.copyInheritedSettings(command);
    child.option('--json', 'print the answer as JSON');
    acceptJson(child, found);
  }
}

#!/usr/bin/env node
/** `drydock`: Drydock from a command line. Commands are declared below commands/, one folder a group. */
import { Command, CommanderError } from 'commander';
import { operatorCommands } from './commands/operator/index.ts';
import { EXIT, Failure } from './failure.ts';
import { createOutput } from './output.ts';

const program = new Command('drydock')
  .description('Drydock from a command line')
  .option('--json', 'print the answer as JSON; failures too, on stderr')
  .showHelpAfterError('Help: drydock --help')
  .exitOverride();

/** Before or after the command: people write it at the end. */
const isJson = () => program.opts<{ json?: boolean }>().json === true || process.argv.includes('--json');
const output = createOutput((text) => process.stdout.write(text), isJson);

operatorCommands(program, output);

function fail(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof Failure) {
    const { code, message, remedy } = error;
    if (isJson()) console.error(JSON.stringify({ error: { code, message } }));
    else console.error(`${code}: ${message}${remedy === undefined ? '' : `\n  Remedy: ${remedy}`}`);
    return error.exitCode;
  }
  console.error(`INTERNAL: ${error instanceof Error ? error.message : String(error)}`);
  return EXIT.software;
}

/** Every command takes --json, wherever it stands. */
function acceptJson(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride();
    child.option('--json', 'print the answer as JSON');
    acceptJson(child);
  }
}
acceptJson(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}

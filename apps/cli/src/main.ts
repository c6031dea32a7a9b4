#!/usr/bin/env node
/** `drydock`: Drydock from a command line. */
import { EXIT } from './failure.ts';
import { MAX_TEXT, plain } from './output.ts';
import { run } from './run.ts';

// Whatever a place has said: nobody who types a command is shown a stack.
process.once('uncaughtException', (error: unknown) => {
  process.stderr.write(`INTERNAL: ${plain(error instanceof Error ? error.message : String(error), MAX_TEXT)}\n`);
  process.exit(EXIT.software);
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});

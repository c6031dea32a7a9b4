/** `drydock lab …`: the author's tool. Each file beside this one declares one command. */
import type { Command } from 'commander';
import type { Output } from '../../output.ts';
import { checkCommand } from './check.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { newCommand } from './new.ts';
import { previewCommand } from './preview.ts';
import { schemaCommand } from './schema.ts';
import { testCommand } from './test/test.ts';

/** Adds the group. */
export function labCommands(program: Command, output: Output): void {
  const group = program
    .command('lab')
    .description('write, check and test labs; all but preview and test need nothing but the files (docs/labs/)');
  for (const add of [
    newCommand,
    checkCommand,
    previewCommand,
    testCommand,
    importCommand,
    exportCommand,
    schemaCommand,
  ])
    add(group, output);
}

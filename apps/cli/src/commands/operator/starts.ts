/** Whether new sessions may start. */
import { startsSchema } from '@drydock/protocol';
import type { Command } from 'commander';
import type { OperatorContext } from './context.ts';

/** Adds the commands. */
export function startCommands(group: Command, { client, output }: OperatorContext): void {
  group
    .command('stop-starts')
    .description('let no new sessions start; those that live go on')
    .requiredOption('--message <text>', 'what visitors are shown')
    .action(async ({ message }: { message: string }) => {
      const answer = await client().call('POST', '/starts/stop', startsSchema, { message });
      output.show(answer, () => 'No new sessions start. Again: npm run -s drydock -- operator allow-starts');
    });
  group
    .command('allow-starts')
    .description('let sessions start again')
    .action(async () => {
      output.show(await client().call('POST', '/starts/allow', startsSchema), () => 'Sessions may start.');
    });
}

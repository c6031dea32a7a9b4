/** `drydock extend`: more time for a session. */
import type { Command } from 'commander';
import { duration, numberOf, time } from '../../output.ts';
import { type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';

/** Adds the command. */
export function extendCommand(program: Command, { output, session }: SessionContext): void {
  withSession(program.command('extend'))
    .description('give a session more time; its owner can')
    .option('--hours <hours>', 'so much; a fraction is fine', numberOf, 1)
    .action(async ({ hours, ...options }: SessionOption & { hours: number }) => {
      const { id, expiresAt } = await (await session(options)).api.extend(hours);
      output.show(
        { id, expiresAt },
        () => `Session ${id} ends at ${time(expiresAt)}, in ${duration(expiresAt - Date.now())}.`,
      );
    });
}

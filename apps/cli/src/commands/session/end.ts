/** `drydock end`: ends a session for everybody, and forgets it. */
import type { Command } from 'commander';
import { type SessionContext, type SessionOption, withSession } from '../../sessions/context.ts';

/** Adds the command. */
export function endCommand(program: Command, { output, book, session }: SessionContext): void {
  withSession(program.command('end [session]'))
    .description('end a session for everybody: its nodes and their files are gone')
    .action(async (named: string | undefined, options: SessionOption) => {
      const { place, api } = await session(named === undefined ? options : { session: named });
      await api.end();
      book.remove(place.sessionId);
      output.show({ id: place.sessionId }, ({ id }) => `Session ${id} has ended.`);
    });
}

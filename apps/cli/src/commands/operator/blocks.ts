/** Blocks of addresses, networks and persons: list, add, take away. */
import { blockAnswerSchema, blocksSchema } from '@drydock/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { plain, table, time } from '../../output.ts';
import type { OperatorContext } from './context.ts';

/** How long a block lasts unless the operator says otherwise (h). */
const DEFAULT_HOURS = 24;

function hours(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It is a number of hours.');
  return value;
}

interface BlockOptions {
  hours: number;
  reason: string;
  session?: string;
  endSessions?: boolean;
}

/** Adds the commands. */
export function blockCommands(group: Command, { client, output }: OperatorContext): void {
  group
    .command('blocks')
    .description('who is blocked, and until when')
    .action(async () =>
      output.show(await client().call('GET', '/blocks', blocksSchema), (blocks) => {
        const rows = blocks.map(({ id, kind, value, until, by, reason }) => [
          id,
          kind,
          value,
          time(until),
          by,
          plain(reason),
        ]);
        return rows.length === 0
          ? 'Nobody is blocked.'
          : table(['BLOCK', 'KIND', 'WHO', 'UNTIL', 'BY', 'REASON'], rows);
      }),
    );
  group
    .command('block [target]')
    .description('block an address, a network (203.0.113.0/24), or a client or person as sessions show them')
    .option('--session <session>', 'whoever started that session, in the place of a target')
    .option('--hours <number>', 'how long', hours, DEFAULT_HOURS)
    .requiredOption('--reason <text>', 'why, for the trail; pages of sessions that are ended show it')
    .option('--end-sessions', 'end the sessions of whom it names, too')
    .action(async (target: string | undefined, { hours: length, reason, session, endSessions }: BlockOptions) => {
      const request = {
        hours: length,
        reason,
        ...(target === undefined ? {} : { target }),
        ...(session === undefined ? {} : { session }),
        ...(endSessions === undefined ? {} : { endSessions }),
      };
      output.show(await client().call('POST', '/blocks', blockAnswerSchema, request), ({ block, ended }) => {
        const line = `${block.value} is blocked until ${time(block.until)} (${block.id}).`;
        return ended.length === 0 ? line : `${line} Ended: ${ended.join(', ')}.`;
      });
    });
  group
    .command('unblock <block>')
    .description('take a block away, by its id')
    .action(async (id: string) => {
      const done = await client().call('DELETE', `/blocks/${encodeURIComponent(id)}`, z.object({}));
      output.show(done, () => `${id} is taken away.`);
    });
}

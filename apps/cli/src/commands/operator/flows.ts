/** The flow log of this host: which session went where, when. Read from its files, which are root's alone; no manager is asked. */
import { type Command, InvalidArgumentError } from 'commander';
import { stateDirectory } from '../../env.ts';
import { readFlows } from '../../flow-files.ts';
import { plain, table } from '../../output.ts';
import type { OperatorContext } from './context.ts';

/** Flows that are shown unless more are asked for. */
const DEFAULT_MOST = 100;
/** Most that are held and shown at once. */
const MAX_MOST = 100_000;

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MAX_MOST) {
    throw new InvalidArgumentError(`It is a whole number from 1 to ${MAX_MOST}.`);
  }
  return value;
}

/** Adds the command. */
export function flowCommands(group: Command, { output }: OperatorContext): void {
  group
    .command('flows')
    .description('the flow log of this host, where it is kept: which session went where, when')
    .option('--session <session>', 'of this session alone')
    .option('--to <address>', 'to this address alone')
    .option('--most <number>', 'the newest so many', count, DEFAULT_MOST)
    .action(async ({ session, to, most }: { session?: string; to?: string; most: number }) => {
      output.show(await readFlows(stateDirectory(), { session, to, most }), (flows) => {
        const rows = flows.map((flow) => [
          ...[flow.at, flow.session, flow.from, `${flow.to}:${flow.port}`, flow.protocol].map((cell) => plain(cell)),
        ]);
        return rows.length === 0 ? 'There is no such flow.' : table(['WHEN', 'SESSION', 'NODE', 'TO', 'BY'], rows);
      });
    });
}

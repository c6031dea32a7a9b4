/** `drydock operator …`: what an operator sees of a place and orders. Each file beside this one declares one subject's commands. */
import type { Command } from 'commander';
import { withOperator } from '../../operator-client.ts';
import type { Output } from '../../output.ts';
import type { Bounds } from '../../place-fetch.ts';
import { blockCommands } from './blocks.ts';
import type { OperatorContext } from './context.ts';
import { flowCommands } from './flows.ts';
import { hostCommands } from './hosts.ts';
import { recordCommands } from './records.ts';
import { sessionCommands } from './sessions.ts';
import { startCommands } from './starts.ts';

/** Adds the group. */
export function operatorCommands(program: Command, output: Output, bounds: Bounds): void {
  const group = program
    .command('operator')
    .description('sessions from outside, blocks, starts, hosts; by the key of this place');
  const context: OperatorContext = { client: withOperator(group, bounds), output };
  for (const add of [sessionCommands, blockCommands, startCommands, recordCommands, hostCommands, flowCommands])
    add(group, context);
}

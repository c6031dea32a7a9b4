/** The hosts of a place: list, drain, undrain. Tokens, joining and removal are `npm run host`. */
import { operatorStatusSchema } from '@drydock/protocol';
import type { Command } from 'commander';
import { z } from 'zod';
import { table } from '../../output.ts';
import type { OperatorContext } from './context.ts';

/** Adds the commands. */
export function hostCommands(group: Command, { client, output }: OperatorContext): void {
  group
    .command('hosts')
    .description('the hosts, how full they are, and which of them drain')
    .action(async () => {
      const { hosts } = await client().call('GET', '/status', operatorStatusSchema);
      output.show(hosts, () => {
        const rows = hosts.map(({ name, state, nodes, maxNodes, pool, version, draining }) => [
          ...[
            name,
            state,
            `${nodes} of ${maxNodes ?? '?'}`,
            String(pool ?? 0),
            version ?? '-',
            draining ? 'draining' : '',
          ],
        ]);
        return rows.length === 0
          ? 'There are no hosts.'
          : table(['HOST', 'STATE', 'NODES', 'WARM', 'VERSION', ''], rows);
      });
    });
  for (const [order, description, told] of [
    ['drain', 'no new nodes on that host; what lives there lives on', 'takes no new nodes.'],
    ['undrain', 'new nodes again', 'takes new nodes.'],
  ] as const) {
    group
      .command(`${order} <host>`)
      .description(description)
      .action(async (host: string) => {
        const done = await client().call('POST', `/hosts/${encodeURIComponent(host)}/${order}`, z.object({}));
        output.show(done, () => `${host} ${told}`);
      });
  }
}

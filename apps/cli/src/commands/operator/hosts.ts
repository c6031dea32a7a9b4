/** The hosts of a place: list, let join, drain, undrain, remove. A host joins by `npm run host` of its own. */
import { operatorStatusSchema } from '@drydock/protocol';
import type { Command } from 'commander';
import { z } from 'zod';
import { table } from '../../output.ts';
import type { OperatorContext } from './context.ts';

const hostTokenSchema = z.object({ token: z.string(), hours: z.number() });

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
  group
    .command('host-token')
    .description('a one-time token with which one new host joins')
    .option('--hours <hours>', 'for how long it is good, at most 168', '1')
    .action(async ({ hours }: { hours: string }) => {
      const answer = await client().call('POST', '/host-tokens', hostTokenSchema, { hours: Number(hours) });
      output.show(
        answer,
        () => `${answer.token}\nGood once, for ${answer.hours} h. On the new host: npm run host -- join URL TOKEN`,
      );
    });
  group
    .command('remove-host <host>')
    .description('a host that joined may not come again')
    .action(async (host: string) => {
      const done = await client().call('DELETE', `/hosts/${encodeURIComponent(host)}`, z.object({}));
      output.show(done, () => `${host} may not come again.`);
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

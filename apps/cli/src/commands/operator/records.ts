/** What was used and what was done: usage by client and person, the audit trail, and the way to the operator's page. */
import { auditSchema, operatorLinkSchema, usageSchema } from '@drydock/protocol';
import type { Command } from 'commander';
import { duration, plain, size, table, time } from '../../output.ts';
import type { OperatorContext } from './context.ts';

/** Adds the commands. */
export function recordCommands(group: Command, { client, output }: OperatorContext): void {
  group
    .command('usage')
    .description('sessions, nodes, processor time and network bytes by client and by person')
    .action(async () =>
      output.show(await client().call('GET', '/usage', usageSchema), (entries) => {
        const rows = entries.map(({ kind, who, sessions, nodes, cpus, cpuSeconds, sentBytes, receivedBytes }) => [
          ...[kind, who, String(sessions), String(nodes), cpus.toFixed(2), duration(cpuSeconds * 1000)],
          ...[size(sentBytes), size(receivedBytes)],
        ]);
        const header = ['KIND', 'WHO', 'SESSIONS', 'NODES', 'CPUS', 'CPU TIME', 'SENT', 'RECEIVED'];
        return rows.length === 0 ? 'There is no session whose client is known.' : table(header, rows);
      }),
    );
  group
    .command('audit')
    .description('what operators and rules did, the newest first')
    .action(async () =>
      output.show(await client().call('GET', '/audit', auditSchema), (entries) => {
        const rows = entries.map(({ at, by, action, target, detail }) => [
          time(at),
          by,
          action,
          target,
          plain(detail ?? '', 100),
        ]);
        return rows.length === 0 ? 'Nothing was done yet.' : table(['WHEN', 'BY', 'ACTION', 'TARGET', 'DETAIL'], rows);
      }),
    );
  group
    .command('link')
    .description('a link that opens the operator’s page, once')
    .action(async () =>
      output.show(
        await client().call('POST', '/links', operatorLinkSchema),
        ({ url, minutes }) => `${url}\nIt opens the page once, within ${minutes} minutes.`,
      ),
    );
}

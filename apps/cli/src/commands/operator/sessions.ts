/** Sessions from outside: list, show, end, freeze, thaw, note. */
import { type OperatorSession, operatorSessionSchema, operatorSessionsSchema } from '@drydock/protocol';
import type { Command } from 'commander';
import { z } from 'zod';
import { duration, plain, size, table, time } from '../../output.ts';
import type { OperatorContext } from './context.ts';

const MIB = 1024 ** 2;
const doneSchema = z.object({});

function remarks({ state, frozen, flag, note }: OperatorSession): string {
  return [
    ...(state === 'active' ? [] : [state]),
    ...(frozen === null ? [] : ['frozen']),
    ...(flag === null ? [] : [`flag: ${plain(flag.text)}`]),
    ...(note === null ? [] : [`note: ${plain(note)}`]),
  ].join('; ');
}

function list(sessions: OperatorSession[]): string {
  const header = ['SESSION', 'AGE', 'NODES', 'CPUS', 'CPU TIME', 'SENT', 'RECEIVED', 'CLIENT', 'HOSTS', 'REMARKS'];
  const rows = sessions.map((session) => [
    session.id,
    duration(Date.now() - session.createdAt),
    String(session.nodes.length),
    session.cpus.toFixed(2),
    duration(session.cpuSeconds * 1000),
    size(session.network.sentBytes),
    size(session.network.receivedBytes),
    session.client ?? session.person ?? '-',
    session.hosts.join(','),
    remarks(session),
  ]);
  return rows.length === 0 ? 'There are no sessions.' : table(header, rows);
}

function details(session: OperatorSession): string {
  const { sentBytes, receivedBytes, sentPerSecond, receivedPerSecond } = session.network;
  const refused = Object.entries(session.refused).map(([reason, packets]) => `${reason} ${packets}`);
  const facts: [string, string][] = [
    ['session', `${session.id} (${session.state})`],
    ['created', time(session.createdAt)],
    ['ends', time(session.expiresAt)],
    ['template', session.template ?? '-'],
    ['client', session.client ?? '-'],
    ['person', session.person ?? '-'],
    ['processors', `${session.cpus.toFixed(2)} now, ${duration(session.cpuSeconds * 1000)} in all`],
    ['sent', `${size(sentBytes)}, ${size(sentPerSecond)}/s now`],
    ['received', `${size(receivedBytes)}, ${size(receivedPerSecond)}/s now`],
    ['refused packets', refused.join(', ') || '-'],
    ['frozen', session.frozen === null ? '-' : `${time(session.frozen.at)} ${plain(session.frozen.reason, 500)}`],
    ['flag', session.flag === null ? '-' : `${time(session.flag.at)} ${plain(session.flag.text, 500)}`],
    ['note', session.note === null ? '-' : plain(session.note, 500)],
  ];
  const nodes = session.nodes.map(({ name, host, state, cpus, maxCpus, memoryBytes }) => [
    name,
    host,
    state,
    cpus === null ? '-' : `${cpus.toFixed(2)} of ${maxCpus}`,
    memoryBytes === null ? '-' : `${Math.round(memoryBytes / MIB)} MiB`,
  ]);
  const top = facts.map(([name, value]) => `${name.padEnd(16)} ${value}`).join('\n');
  return nodes.length === 0 ? top : `${top}\n\n${table(['NODE', 'HOST', 'STATE', 'CPUS', 'MEMORY'], nodes)}`;
}

/** Adds the commands. */
export function sessionCommands(group: Command, { client, output }: OperatorContext): void {
  const path = (id: string, order = '') => `/sessions/${encodeURIComponent(id)}${order}`;

  group
    .command('sessions')
    .description('all sessions, the one with most processor use first')
    .action(async () => output.show(await client().call('GET', '/sessions', operatorSessionsSchema), list));
  group
    .command('show <session>')
    .description('one session: who, where, how much; nothing that is in it')
    .action(async (id: string) => output.show(await client().call('GET', path(id), operatorSessionSchema), details));
  for (const [name, description] of [
    ['end', 'end a session; its pages show the reason'],
    ['freeze', 'stop every process of its nodes where it is; its pages show the reason'],
  ] as const) {
    group
      .command(`${name} <session>`)
      .description(description)
      .requiredOption('--reason <text>', 'what its pages show')
      .action(async (id: string, { reason }: { reason: string }) => {
        const done = await client().call('POST', path(id, `/${name}`), doneSchema, { reason });
        output.show(done, () => (name === 'end' ? `${id} has ended.` : `${id} is frozen.`));
      });
  }
  group
    .command('thaw <session>')
    .description('let its nodes go on')
    .action(async (id: string) => {
      output.show(await client().call('POST', path(id, '/thaw'), doneSchema), () => `${id} goes on.`);
    });
  group
    .command('note <session> [text...]')
    .description('write a note on it, for operators alone; without text the note is taken away')
    .action(async (id: string, words: string[]) => {
      const note = words.join(' ');
      output.show(await client().call('POST', path(id, '/note'), doneSchema, { note }), () => 'Noted.');
    });
}

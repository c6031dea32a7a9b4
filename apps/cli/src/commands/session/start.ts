/** `drydock start`: a session, its nodes, and its link kept for the other commands. */
import { sessionLinkOf, startSession } from '@drydock/client';
import { withoutEnd } from '@drydock/protocol';
import type { Command } from 'commander';
import { defaultServer } from '../../env.ts';
import { duration, numberOf, plain } from '../../output.ts';
import type { SessionContext } from '../../sessions/context.ts';

interface Options {
  server?: string;
  template?: string;
  name?: string;
  hours?: number;
  nodes: number;
}

/** Adds the command. */
export function startCommand(program: Command, { output, book, http }: SessionContext): void {
  program
    .command('start')
    .description('start a session with nodes, and keep its link for the other commands')
    .option('--server <url>', 'where Drydock is (else DRYDOCK_URL, else the stack of this machine)')
    .option('-t, --template <id>', 'start with a template, which makes its own nodes')
    .option('--name <name>', 'what the session is called')
    .option('--hours <hours>', 'how long it lasts; a fraction is fine', numberOf)
    .option('-n, --nodes <count>', 'nodes to start without a template', numberOf, 1)
    .action(async ({ server: named, template, name, hours, nodes }: Options) => {
      const server = withoutEnd(named ?? defaultServer(), '/');
      const client = http(server);
      const { session, token, links } = await startSession(client, {
        ...(template === undefined ? {} : { template }),
        ...(name === undefined ? {} : { name }),
        ...(hours === undefined ? {} : { hours }),
      });
      const place = { server, sessionId: session.id, token };
      // Kept before its nodes: whatever becomes of them, the session can be found, and ended.
      book.put({ ...place, name: session.name, startedAt: Date.now() });
      const path = `/sessions/${session.id}`;
      const count = template === undefined ? nodes : 0;
      for (let made = 0; made < count; made += 1) await client.call('POST', `${path}/nodes`, { token, body: {} });
      const link = sessionLinkOf(place);
      output.show({ id: session.id, server, expiresAt: session.expiresAt, link, links }, ({ id, expiresAt }) =>
        [
          `Session ${id}${session.name === null ? '' : ` (${plain(session.name)})`}, for ${duration(expiresAt - Date.now())}.`,
          link,
          'Whoever has this link has the session. It is kept here: drydock shell node1, drydock open, drydock end',
        ].join('\n'),
      );
    });
}

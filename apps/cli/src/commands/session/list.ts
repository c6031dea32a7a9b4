/** `drydock list`: the sessions that were started here, as they are now; those that are over are forgotten. */
import { ApiError, createSessionApi } from '@drydock/client';
import type { SessionView } from '@drydock/protocol';
import type { Command } from 'commander';
import { duration, plain, table } from '../../output.ts';
import type { SessionContext } from '../../sessions/context.ts';
import type { KeptSession } from '../../sessions/session-book.ts';

/** A server that is away must not hold up the list (ms). */
const ANSWER_MS = 5000;

interface Listed {
  id: string;
  server: string;
  name: string | null;
  state: SessionView['state'] | 'unreachable';
  expiresAt: number | null;
  nodes: { name: string; state: string }[];
}

/** Codes that say that the session is no more, or no more for this link. */
const OVER: ReadonlySet<string> = new Set(['SESSION_NOT_FOUND', 'SESSION_ENDED']);

/** Adds the command. */
export function listCommand(program: Command, { output, book, http, bounds }: SessionContext): void {
  /** Null for a session that is over. */
  async function look({ server, sessionId, token, name }: KeptSession): Promise<Listed | null> {
    const entry = { id: sessionId, server, name };
    try {
      const api = createSessionApi({ http: http(server), sessionId, token });
      const view = await api.view(AbortSignal.timeout(Math.min(ANSWER_MS, bounds.answerMs)));
      const nodes = view.nodes.map((node) => ({ name: node.name, state: node.state }));
      return { ...entry, name: view.name, state: view.state, expiresAt: view.expiresAt, nodes };
    } catch (error) {
      if (error instanceof ApiError && OVER.has(error.code)) return null;
      return { ...entry, state: 'unreachable', expiresAt: null, nodes: [] };
    }
  }

  program
    .command('list')
    .alias('ls')
    .description('the sessions that were started here; those that are over are forgotten')
    .action(async () => {
      const kept = book.all();
      const listed = await Promise.all(kept.map(look));
      kept.forEach(({ sessionId }, index) => {
        if (listed[index] === null) book.remove(sessionId);
      });
      output.show(
        listed.filter((session) => session !== null),
        (sessions) => {
          if (sessions.length === 0) return 'There are no sessions. Start one: drydock start';
          const rows = sessions.map(({ id, name, state, expiresAt, nodes, server }) => [
            id,
            state,
            expiresAt === null ? '-' : duration(expiresAt - Date.now()),
            nodes.map((node) => node.name).join(',') || '-',
            plain(name ?? '-'),
            server,
          ]);
          return table(['SESSION', 'STATE', 'ENDS IN', 'NODES', 'NAME', 'SERVER'], rows);
        },
      );
    });
}

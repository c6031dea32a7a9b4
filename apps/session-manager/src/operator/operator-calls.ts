/** Every call of an operator, declared once: the listener with the key and the page with its cookie both get them from here. */
import {
  auditSchema,
  type Block,
  blockAnswerSchema,
  blockRequestSchema,
  blocksSchema,
  DrydockError,
  hostNameSchema,
  isSessionId,
  loadSchema,
  noteRequestSchema,
  operatorLinkSchema,
  operatorSessionSchema,
  operatorSessionsSchema,
  operatorStatusSchema,
  reasonRequestSchema,
  startsSchema,
  stopStartsRequestSchema,
  usageSchema,
} from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import { z } from 'zod';
import { newId } from '../model/links.ts';
import type { SessionRecord } from '../model/session.ts';
import { isInNetworks } from '../scheduling/address-key.ts';
import type { HostBook } from '../scheduling/host-book.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { AuditTrail } from './audit-trail.ts';
import { networkList, parseTarget } from './client-names.ts';
import type { Interventions } from './interventions.ts';
import type { LoadHistory } from './load-history.ts';
import type { OperatorViews } from './operator-views.ts';
import type { Orders } from './orders.ts';

const HOUR_MS = 3_600_000;
/** Random letters of a block's id. */
const BLOCK_ID_LETTERS = 7;
/** How long a token for a host is good unless the operator says otherwise (h). */
const DEFAULT_TOKEN_HOURS = 1;
const nothingSchema = z.object({});
const tokenRequestSchema = z.strictObject({ hours: z.number().positive().max(168).default(DEFAULT_TOKEN_HOURS) });
const tokenAnswerSchema = z.object({ token: z.string(), hours: z.number() });

export interface OperatorCall<B = unknown> {
  /** Who calls, for the trail. */
  by: string;
  body: B;
  params: Record<string, string>;
}

export interface OperatorRoute<B extends z.ZodType = z.ZodType, A extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'DELETE';
  /** Below /operator, in Fastify's form. */
  path: string;
  summary: string;
  body?: B;
  answer: A;
  /** Only for who holds the key of the place, not for its page: what makes other keys. */
  keyOnly?: boolean;
  run(call: OperatorCall<z.output<B>>): Promise<z.input<A>>;
}

export interface OperatorCallsDeps {
  sessions: { directory: SessionDirectory; views: OperatorViews; interventions: Interventions };
  hosts: {
    book: HostBook;
    /** Ends the connection of a host that was removed. */
    drop(host: string): void;
  };
  orders: Orders;
  trail: AuditTrail;
  seen: {
    load: LoadHistory;
    status(): Promise<unknown>;
    /** A link that opens the operator's page once, and how long it waits (min). */
    newLink(): Promise<{ url: string; minutes: number }>;
  };
  clock: Clock;
}

/** @throws DrydockError NOT_FOUND for what has not the form of a host's name. */
function hostOf({ name = '' }: Record<string, string>): string {
  if (!hostNameSchema.safeParse(name).success) throw new DrydockError('NOT_FOUND');
  return name;
}

/** Declares the calls of a place. */
export function operatorCalls(deps: OperatorCallsDeps): readonly OperatorRoute[] {
  const { orders, trail, seen, clock } = deps;
  const { directory, views, interventions } = deps.sessions;
  const { book, drop } = deps.hosts;
  const routes: OperatorRoute[] = [];
  const add = <B extends z.ZodType, A extends z.ZodType>(route: OperatorRoute<B, A>) =>
    void routes.push(route as unknown as OperatorRoute);

  function sessionOf({ id = '' }: Record<string, string>): SessionRecord {
    const session = isSessionId(id) ? directory.get(id) : undefined;
    if (session === undefined) throw new DrydockError('SESSION_NOT_FOUND', 'There is no such session.');
    return session;
  }

  /** Whom a request for a block means. */
  function targetOf({ target, session: id }: z.output<typeof blockRequestSchema>): Pick<Block, 'kind' | 'value'> {
    if (target !== undefined) return parseTarget(target);
    const session = sessionOf({ id: id ?? '' });
    const who = session.client ?? session.userId;
    if (who === undefined) throw new DrydockError('BAD_REQUEST', 'Neither the address nor a person of it is known.');
    return parseTarget(who);
  }

  /** Sessions that a block would not have let start. */
  function sessionsOf({ kind, value }: Pick<Block, 'kind' | 'value'>): SessionRecord[] {
    const list = kind === 'network' ? networkList([value]) : undefined;
    return [...directory.all()].filter(({ client, userId }) => {
      if (kind === 'person') return userId === value;
      if (client === undefined) return false;
      return list === undefined ? client === value : isInNetworks(list, client.split('/')[0] ?? '');
    });
  }

  add({
    method: 'GET',
    path: '/status',
    summary: 'Hosts, sessions, capacity, queue, the last errors, whether sessions may start.',
    answer: operatorStatusSchema,
    run: async () => ({
      ...((await seen.status()) as z.input<typeof operatorStatusSchema>),
      starts: { stopped: orders.startsStop() ?? null },
    }),
  });
  add({
    method: 'GET',
    path: '/load',
    summary: 'Sessions, nodes, processors and queue over the last hour, as this manager saw them.',
    answer: loadSchema,
    run: async () => seen.load.read(),
  });
  add({
    method: 'GET',
    path: '/sessions',
    summary: 'Sessions that are not closed, the one with most processor use first.',
    answer: operatorSessionsSchema,
    run: async () => views.sessions(),
  });
  add({
    method: 'GET',
    path: '/sessions/:id',
    summary: 'One session.',
    answer: operatorSessionSchema,
    run: async ({ params }) => views.session(sessionOf(params)),
  });
  add({
    method: 'POST',
    path: '/sessions/:id/end',
    summary: 'End a session; its pages show the reason.',
    body: reasonRequestSchema,
    answer: nothingSchema,
    async run({ by, params, body }) {
      await interventions.end(by, sessionOf(params).id, body.reason);
      return {};
    },
  });
  add({
    method: 'POST',
    path: '/sessions/:id/freeze',
    summary: 'Stop every process of its nodes where it is; its pages show the reason.',
    body: reasonRequestSchema,
    answer: nothingSchema,
    async run({ by, params, body }) {
      await interventions.freeze(by, sessionOf(params).id, body.reason);
      return {};
    },
  });
  add({
    method: 'POST',
    path: '/sessions/:id/thaw',
    summary: 'Let its nodes go on.',
    answer: nothingSchema,
    async run({ by, params }) {
      await interventions.thaw(by, sessionOf(params).id);
      return {};
    },
  });
  add({
    method: 'POST',
    path: '/sessions/:id/note',
    summary: 'Write a note on it, for operators alone; an empty one takes it away.',
    body: noteRequestSchema,
    answer: nothingSchema,
    async run({ by, params, body }) {
      await interventions.note(by, sessionOf(params).id, body.note);
      return {};
    },
  });
  add({
    method: 'GET',
    path: '/blocks',
    summary: 'Who is blocked, and until when.',
    answer: blocksSchema,
    run: async () => [...orders.blocks()],
  });
  add({
    method: 'POST',
    path: '/blocks',
    summary: 'Block an address, a network or a person for a time.',
    body: blockRequestSchema,
    answer: blockAnswerSchema,
    async run({ by, body }) {
      const target = targetOf(body);
      const now = clock.now();
      const id = newId('b', BLOCK_ID_LETTERS);
      const block = { id, ...target, reason: body.reason, by, createdAt: now, until: now + body.hours * HOUR_MS };
      await orders.block({ ...block, until: Math.round(block.until) });
      await trail.note(by, 'block', block.value, `${body.hours} h: ${body.reason}`);
      const ended = body.endSessions === true ? sessionsOf(target).map((session) => session.id) : [];
      for (const sessionId of ended) await interventions.end(by, sessionId, body.reason);
      return { block: { ...block, until: Math.round(block.until) }, ended };
    },
  });
  add({
    method: 'DELETE',
    path: '/blocks/:block',
    summary: 'Take a block away.',
    answer: nothingSchema,
    async run({ by, params }) {
      const { value } = await orders.unblock(params.block ?? '');
      await trail.note(by, 'unblock', value);
      return {};
    },
  });
  add({
    method: 'POST',
    path: '/starts/stop',
    summary: 'Let no new sessions start; visitors are shown the message.',
    body: stopStartsRequestSchema,
    answer: startsSchema,
    async run({ by, body }) {
      await orders.setStartsStop({ message: body.message, by, at: clock.now() });
      await trail.note(by, 'stop-starts', 'all', body.message);
      return { stopped: orders.startsStop() ?? null };
    },
  });
  add({
    method: 'POST',
    path: '/starts/allow',
    summary: 'Let sessions start again.',
    answer: startsSchema,
    async run({ by }) {
      await orders.setStartsStop(undefined);
      await trail.note(by, 'allow-starts', 'all');
      return { stopped: orders.startsStop() ?? null };
    },
  });
  add({
    method: 'GET',
    path: '/usage',
    summary: 'Sessions, nodes and processor time by client and by person, of sessions that are not closed.',
    answer: usageSchema,
    run: async () => views.usage(),
  });
  add({
    method: 'GET',
    path: '/audit',
    summary: 'What operators and rules did, the newest first.',
    answer: auditSchema,
    run: async () => trail.read(),
  });
  add({
    method: 'POST',
    path: '/links',
    summary: 'A link that opens the operator’s page once.',
    answer: operatorLinkSchema,
    keyOnly: true,
    async run({ by }) {
      const link = await seen.newLink();
      await trail.note(by, 'link', 'page');
      return link;
    },
  });
  add({
    method: 'POST',
    path: '/host-tokens',
    summary: 'A one-time token with which a host joins.',
    body: tokenRequestSchema,
    answer: tokenAnswerSchema,
    keyOnly: true,
    async run({ by, body }) {
      const token = await book.newToken(body.hours * HOUR_MS);
      await trail.note(by, 'host-token', 'all');
      return { token, hours: body.hours };
    },
  });
  for (const order of ['drain', 'undrain'] as const) {
    add({
      method: 'POST',
      path: `/hosts/:name/${order}`,
      summary: order === 'drain' ? 'No new nodes for a host; what lives there lives on.' : 'New nodes for it again.',
      answer: nothingSchema,
      async run({ by, params }) {
        const host = hostOf(params);
        await book.drain(host, order === 'drain');
        await trail.note(by, order, host);
        return {};
      },
    });
  }
  add({
    method: 'DELETE',
    path: '/hosts/:name',
    summary: 'A host that joined may not come again.',
    answer: nothingSchema,
    keyOnly: true,
    async run({ by, params }) {
      const host = hostOf(params);
      await book.remove(host);
      drop(host);
      await trail.note(by, 'remove-host', host);
      return {};
    },
  });
  return routes;
}

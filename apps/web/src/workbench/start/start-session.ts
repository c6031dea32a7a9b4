/** What the start page asks of the server; checked by hand, since the start page must not carry a schema library. */
import { ApiError, type Reader } from '@drydock/client/http';
import { challengeOf } from '@drydock/client/work';
import type { CreateSessionResponse, MeResponse, StatusResponse, TemplateView } from '@drydock/protocol';
import { callApi } from '../base/api.ts';
import { rememberSession, sessionPath } from '../session/recent-sessions.ts';
import { leaveStack, type StackLink } from './stack-link.ts';
import { doWork } from './work.ts';

type Fields = Record<string, unknown>;

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  return value as Fields;
}

const readTemplates: Reader<TemplateView[]> = {
  parse(value) {
    if (!Array.isArray(value)) throw new TypeError('not a list');
    return value.map((item) => {
      const { id, title, description, nodes, readySeconds } = fields(item);
      if (typeof id !== 'string' || typeof title !== 'string' || !Array.isArray(nodes)) throw new TypeError('template');
      return {
        id,
        title,
        description: typeof description === 'string' ? description : '',
        nodes: nodes.map(String),
        ...(typeof readySeconds === 'number' ? { readySeconds } : {}),
      };
    });
  },
};

export type Capacity = Pick<StatusResponse, 'ready' | 'capacity' | 'pool' | 'sessionHours' | 'startsStopped'>;

const readCapacity: Reader<Capacity> = {
  parse(value) {
    const { ready, capacity, pool, sessionHours, startsStopped } = fields(value);
    const { nodes, free } = fields(capacity);
    const numbers = [nodes, free, pool, sessionHours];
    if (typeof ready !== 'boolean' || numbers.some((n) => typeof n !== 'number')) throw new TypeError('status');
    return {
      ready,
      capacity: { nodes: Number(nodes), free: Number(free) },
      pool: Number(pool),
      sessionHours: Number(sessionHours),
      ...(typeof startsStopped === 'string' ? { startsStopped } : {}),
    };
  },
};

const readCreated: Reader<CreateSessionResponse> = {
  parse(value) {
    const { session, token, links } = fields(value);
    const { id, expiresAt } = fields(session);
    const { owner } = fields(links);
    if ([id, token, owner].some((s) => typeof s !== 'string') || typeof expiresAt !== 'number') throw new TypeError();
    return value as CreateSessionResponse;
  },
};

const readMe: Reader<MeResponse> = {
  parse(value) {
    const { signIn, user } = fields(value);
    if (signIn !== 'off' && signIn !== 'optional' && signIn !== 'required') throw new TypeError('me');
    if (user === null) return { signIn, user };
    const { name, sessions, maxSessions } = fields(user);
    return { signIn, user: { name: String(name), sessions: Number(sessions), maxSessions: Number(maxSessions) } };
  },
};

export function fetchMe(signal?: AbortSignal): Promise<MeResponse> {
  return callApi('GET', '/me', { read: readMe, ...(signal === undefined ? {} : { signal }) });
}

export function fetchTemplates(signal: AbortSignal): Promise<TemplateView[]> {
  return callApi('GET', '/templates', { read: readTemplates, signal });
}

export function fetchCapacity(signal: AbortSignal): Promise<Capacity> {
  return callApi('GET', '/status', { read: readCapacity, signal });
}

/** What Start makes: a node with a prompt. */
export const USUAL_TEMPLATE = 'one-node';

export interface Wish {
  /** Null: a session without nodes. */
  template: string | null;
  name?: string | null;
  /** What its page starts. */
  stack?: StackLink | null;
  /** The lab that leads it. */
  lab?: string | null;
}

const create = (body: object) => callApi('POST', '/sessions', { body, read: readCreated });

/**
 * Starts a session, remembers it in this browser and returns the way into it; its page starts the `stack`, if there is one.
 * @throws ApiError `NO_CAPACITY`, `RATE_LIMITED`, `UNKNOWN_TEMPLATE` or `NETWORK`.
 */
export async function startSession({ template, name = null, stack = null, lab = null }: Wish): Promise<string> {
  const body = {
    ...(template === null ? {} : { template }),
    ...(name === null ? {} : { name }),
    ...(lab === null ? {} : { lab }),
  };
  const { session, token, links } = await create(body).catch(async (error: unknown) => {
    const challenge = error instanceof ApiError && error.code === 'WORK_REQUIRED' ? challengeOf(error.details) : null;
    if (challenge === null) throw error;
    return create({ ...body, work: await doWork(challenge) });
  });
  const { id, expiresAt, createdAt } = session;
  rememberSession({ id, name: session.name, template, createdAt, right: 'owner', expiresAt, token, links });
  if (stack !== null) leaveStack(id, stack);
  return sessionPath(id, token);
}

/** A steady load of sessions on a site that breaks: sessions that type, short sessions that end, strangers that try; notes every broken promise. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, createHttpClient, createSessionApi, type Method } from '@drydock/client';
import { createSessionResponseSchema, type SessionId, statusResponseSchema } from '@drydock/protocol';
import { openTestPage, type TestPage } from '../testing/test-page.ts';
import type { ChaosStack } from './chaos-stack.ts';

/** A call on a site in pieces is tried again for so long (ms). */
const PATIENCE_MS = 150_000;
/** The promise is one second after the end; what a busy machine takes to answer comes on top (ms). */
const END_SLACK_MS = 2000;
/** A call that is not answered in this time was cut (ms). */
const CALL_MS = 15_000;
/** Answers that say "not now": documented, and no broken promise. */
const NOT_NOW = new Set([429, 503, 504]);

/** An answer that came whole. */
const WHOLE = {
  parse(value: unknown): unknown {
    if (value === undefined) throw new TypeError('cut short');
    return value;
  },
};

interface Known {
  id: SessionId;
  token: string;
  expiresAt: number;
}

interface LoadSession extends Known {
  page: TestPage;
  terminalId: string;
  file: string;
  typed: number;
}

export interface ChaosLoad {
  readonly faults: string[];
  readonly counts: Record<'keys' | 'created' | 'ended' | 'strangers' | 'notNow' | 'cut', number>;
  /** Ends the load, lets everything come to rest and checks what must hold. */
  finish(): Promise<void>;
}

/** Begins the load: `sessions` sessions with a page and a shell each, and one maker of short sessions. */
export async function startChaosLoad(stack: ChaosStack, sessions: number): Promise<ChaosLoad> {
  const faults: string[] = [];
  const counts = { keys: 0, created: 0, ended: 0, strangers: 0, notNow: 0, cut: 0 };
  const short: Known[] = [];
  let isOver = false;

  const http = createHttpClient({
    server: stack.front.origin,
    fetch: (url, { headers, ...init } = {}) =>
      fetch(url, {
        ...init,
        headers: { ...(headers as Record<string, string>), connection: 'close' },
        signal: AbortSignal.timeout(CALL_MS),
      }),
  });

  /** One call; undefined when the connection broke, which says nothing. */
  async function once(method: Method, path: string, token?: string, body?: object) {
    const read = body === undefined ? {} : { body, read: WHOLE };
    try {
      return { status: 200, body: await http.call(method, path, { token: token ?? null, ...read }) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, code, message } = error;
      if (status === null || (code === 'UNREADABLE' && status < 400)) {
        counts.cut += 1;
        return undefined;
      }
      if (NOT_NOW.has(status)) counts.notNow += 1;
      else if (status >= 500) faults.push(`${method} ${path}: ${status} ${code} ${message}`);
      return { status, body: undefined };
    }
  }

  /** Until it is answered for good; `done` tells answers that mean that an earlier attempt had done it. */
  async function surely(method: Method, path: string, token?: string, body?: object, done: number[] = []) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await once(method, path, token, body);
      if (answer !== undefined && (answer.status < 400 || done.includes(answer.status))) return answer;
      if (Date.now() > deadline) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      await sleep(100);
    }
  }

  async function create(hours: number): Promise<Known> {
    const { body } = await surely('POST', '/sessions', undefined, { hours });
    const { session, token } = createSessionResponseSchema.parse(body);
    counts.created += 1;
    return { id: session.id, token, expiresAt: session.expiresAt };
  }

  async function openLoadSession(): Promise<LoadSession> {
    const session = await create(1);
    await surely('POST', `/sessions/${session.id}/nodes`, session.token, { name: 'node1' }, [409]);
    const page = openTestPage({ origin: stack.front.origin, sessionId: session.id, token: session.token });
    const terminalId = await page.openTerminal('node1');
    const file = join(stack.directory, `typed-${session.id}`);
    return { ...session, page, terminalId, file, typed: 0 };
  }

  async function type(loaded: LoadSession): Promise<void> {
    while (!isOver) {
      loaded.typed += 1;
      counts.keys += 1;
      await loaded.page.type(loaded.terminalId, `echo ${loaded.typed} >> ${loaded.file}\n`);
      await sleep(30);
    }
  }

  async function makeShortOnes(): Promise<void> {
    for (let number = 0; !isOver; number += 1) {
      const session = await create(4 / 3600);
      short.push(session);
      const { id, token } = session;
      await once('POST', `/sessions/${id}/nodes`, token, {});
      if (number % 3 === 0) await surely('DELETE', `/sessions/${id}`, token, undefined, [404]);
      await sleep(200);
    }
  }

  async function watchEnds(): Promise<void> {
    while (!isOver) {
      for (const { id, token, expiresAt } of short) {
        const before = Date.now();
        const answer = before > expiresAt + END_SLACK_MS ? await once('GET', `/sessions/${id}`, token) : undefined;
        if (answer?.status === 200) faults.push(`session ${id} is open ${before - expiresAt} ms after its end`);
        if (answer?.status === 404) counts.ended += 1;
      }
      await sleep(300);
    }
  }

  async function tryAsStranger(all: readonly LoadSession[]): Promise<void> {
    for (let number = 0; !isOver; number += 1) {
      const victim = all[number % all.length] as LoadSession;
      // Another session's owner, a token of the right form, and nobody at all.
      const other = all[(number + 1) % all.length] as LoadSession;
      for (const token of [other.token, 'x'.repeat(43), undefined]) {
        const answer = await once('GET', `/sessions/${victim.id}`, token);
        counts.strangers += 1;
        if (answer !== undefined && answer.status !== 404 && !NOT_NOW.has(answer.status)) {
          faults.push(`a stranger was answered ${answer.status}`);
        }
      }
      await sleep(100);
    }
  }

  const open = await Promise.all(Array.from({ length: sessions }, openLoadSession));
  const note = (error: unknown) => void faults.push(String(error));
  const load = [
    ...open.map((loaded) => type(loaded).catch(note)),
    makeShortOnes().catch(note),
    watchEnds().catch(note),
    tryAsStranger(open).catch(note),
  ];

  async function settled(check: () => Promise<string | undefined> | string | undefined): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const complaint = await check();
      if (complaint === undefined) return;
      if (Date.now() > deadline) return void faults.push(complaint);
      await sleep(200);
    }
  }

  function checkTyped({ id, file, typed, page }: LoadSession): string | undefined {
    const wanted = Array.from({ length: typed }, (_, index) => index + 1).join(',');
    const found = readFileSync(file, 'utf8').trim().split('\n').join(',');
    if (found !== wanted) return `keys of ${id}: ${found.slice(-200)}, wanted until ${typed}`;
    if (page.ended() !== undefined) return `page of ${id} ended: ${page.ended()}`;
    return undefined;
  }

  return {
    faults,
    counts,
    async finish() {
      isOver = true;
      await Promise.all(load);
      await stack.whole();
      for (const loaded of open) {
        await settled(() => checkTyped(loaded));
        faults.push(...loaded.page.faults.map((fault) => `page of ${loaded.id}: ${fault}`));
        for (const origin of stack.origins) {
          await settled(async () => {
            const at = createHttpClient({ server: origin, fetch });
            const view = createSessionApi({ http: at, sessionId: loaded.id, token: loaded.token }).view();
            const [node] = await view.then(
              ({ nodes }) => nodes,
              () => [],
            );
            return node?.state === 'running' && node.reachable
              ? undefined
              : `loaded ${loaded.id} at ${origin}: ${JSON.stringify(node)}`;
          });
        }
      }
      for (const { id, token, expiresAt } of short) {
        await sleep(Math.max(0, expiresAt + END_SLACK_MS - Date.now()));
        await settled(async () => {
          const answer = await once('GET', `/sessions/${id}`, token);
          if (answer?.status === 404) counts.ended += 1;
          return answer?.status === 404 ? undefined : `session ${id} answers ${answer?.status} after its end`;
        });
      }
      // What is left on the hosts is what the sessions have, and after their end nothing.
      const kept = open.map(({ id }) => `${id}/node1`).sort();
      await settled(() => {
        const nodes = stack.nodes().sort();
        return nodes.join() === kept.join() ? undefined : `hosts have ${nodes}, wanted ${kept}`;
      });
      for (const { id, token, page } of open) {
        await surely('DELETE', `/sessions/${id}`, token, undefined, [404]);
        await settled(() => (page.ended() === 'closed' ? undefined : `page of ${id} was not told of the end`));
        page.close();
      }
      await settled(() => (stack.nodes().length === 0 ? undefined : `hosts still have ${stack.nodes()}`));
      await settled(async () => {
        const at = createHttpClient({ server: stack.origins[0] ?? '', fetch });
        const { sessions } = await at.call('GET', '/status', { read: statusResponseSchema });
        return sessions === 0 ? undefined : `${sessions} sessions are left`;
      });
    },
  };
}

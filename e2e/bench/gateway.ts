/**
 * What the gateway adds to a request, what it moves, and what held connections cost it; each against the same client that asks the node's
 * address directly from inside the session's network, in turns, so that a busy machine spoils both alike.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { type ApiSession, createSession } from '../support/api.ts';
import { type Stack, stackStatus } from '../support/stack.ts';
import { type Figures, quantile } from './figures.ts';
import { HTTP_LOAD, type LoadAnswer, type LoadRequest } from './http-load.ts';
import { memoryOf } from './process-cost.ts';

/** Turns of each measurement, and small requests of one turn. */
const ROUNDS = 5;
const REQUESTS = 500;
const LARGE_MB = 512;
const CONNECTIONS = 2000;
/** Requests before anything is measured: programs grow warm (JIT, pools). */
const WARM_UP = 500;
const MEGABYTE = 1_000_000;

interface Place {
  session: ApiSession;
  direct: LoadRequest;
  gateway: LoadRequest;
  /** A command that runs another in the session's network. */
  within: string[];
}

async function run(request: LoadRequest, within: readonly string[] = []): Promise<LoadAnswer> {
  const [program = '', ...args] = [...within, ...HTTP_LOAD, JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as LoadAnswer;
}

/** A session with nginx published by a container, as a learner would. */
async function prepare(origin: string, session: ApiSession): Promise<Place> {
  const node = await session.addNode();
  await session.dockerReady(node.name);
  const made = await session.sh(
    node.name,
    `docker run -d --name web -p 8080:80 nginx && docker exec web sh -c 'cd /usr/share/nginx/html 2>/dev/null || cd /var/www/html; dd if=/dev/zero of=large bs=1M count=${LARGE_MB}; echo small > small'`,
    60,
  );
  if (made.exitCode !== 0) throw new Error(made.stderr);
  const port = (await session.ports(node.name)).find((entry) => entry.port === 8080);
  if (!port) throw new Error('port 8080 did not appear');
  const headers = { host: new URL(port.url).host, authorization: `Bearer ${session.token}` };
  return {
    session,
    direct: { host: node.ip, port: 8080, path: '/small', headers: { host: `${node.ip}:8080` } },
    gateway: { host: '127.0.0.1', port: Number(new URL(origin).port), path: '/small', headers },
    within: ['ip', 'netns', 'exec', `dd-${session.id}`],
  };
}

async function smallRequests({ direct, gateway, within }: Place, figures: Figures): Promise<void> {
  const [own, ours]: [number[], number[]] = [[], []];
  await run({ ...direct, requests: WARM_UP }, within);
  await run({ ...gateway, requests: WARM_UP });
  for (let round = 0; round < ROUNDS; round += 1) {
    // The first requests of a client are its own warming up.
    own.push(...(await run({ ...direct, requests: 2 * REQUESTS }, within)).ms.slice(REQUESTS));
    ours.push(...(await run({ ...gateway, requests: 2 * REQUESTS })).ms.slice(REQUESTS));
  }
  for (const ms of own) figures.sample('gateway.small-request.direct', 'ms', ms);
  for (const ms of ours) figures.sample('gateway.small-request', 'ms', ms);
  for (const list of [own, ours]) list.sort((a, b) => a - b);
  for (const [name, q] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    figures.value(`gateway.added-${name}`, 'ms', quantile(ours, q) - quantile(own, q), ours.length);
  }
}

async function downloads({ direct, gateway, within }: Place, figures: Figures): Promise<void> {
  const rates: Record<'own' | 'ours', number[]> = { own: [], ours: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const large = { path: '/large', requests: 1 };
    const own = await run({ ...direct, ...large }, within);
    const ours = await run({ ...gateway, ...large });
    for (const [name, { bytes, ms }] of [
      ['own', own],
      ['ours', ours],
    ] as const) {
      if (bytes !== LARGE_MB * 2 ** 20) throw new Error(`a download had ${bytes} bytes`);
      rates[name].push(bytes / MEGABYTE / ((ms[0] ?? Number.NaN) / 1000));
    }
  }
  for (const list of Object.values(rates)) list.sort((a, b) => a - b);
  const [own, ours] = [quantile(rates.own, 0.5), quantile(rates.ours, 0.5)];
  figures.value('gateway.download', 'MB/s', ours, ROUNDS);
  figures.value('gateway.download.direct', 'MB/s', own, ROUNDS);
  figures.value('gateway.download.share', '%', (100 * ours) / own, ROUNDS);
}

async function heldConnections({ gateway }: Place, figures: Figures, stack: Stack): Promise<void> {
  const { processes } = await stackStatus(stack);
  const pid = processes.find(({ name }) => name === 'manager')?.pid ?? 0;
  const before = memoryOf(pid);
  const [program = '', ...args] = HTTP_LOAD;
  const request = { ...gateway, hold: { connections: CONNECTIONS, ms: 10_000 } };
  const child = spawn(program, [...args, JSON.stringify(request)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const [said] = await Promise.race([once(child.stderr, 'data'), exited]);
  if (String(said).trim() !== 'held') throw new Error(`connections were not held: ${said}`);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  figures.value('gateway.connections-2000', 'MB', (memoryOf(pid) - before) / MEGABYTE, CONNECTIONS);
  figures.value('gateway.manager-memory', 'MB', memoryOf(pid) / MEGABYTE);
  await exited;
}

export async function benchGateway(origin: string, figures: Figures, stack: Stack): Promise<void> {
  const session = await createSession(origin);
  try {
    const place = await prepare(origin, session);
    await smallRequests(place, figures);
    await downloads(place, figures);
    await heldConnections(place, figures, stack);
  } finally {
    await session.close();
  }
}

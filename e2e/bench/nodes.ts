/** Life of a node, by the API and a socket as a page has them: cold and from the pool, to its prompt, to its docker, to its end. */
import { type ApiSession, createSession } from '../support/api.ts';
import { type Stack, startStack, stopStack } from '../support/stack.ts';
import type { Figures } from './figures.ts';
import { timed } from './figures.ts';
import { connectTerminals } from './terminal-socket.ts';

/** Nodes made one after another; enough for a p95 that one outlier does not decide. */
const ROUNDS = 30;
/** A pool that is not full by then will not be (ms). */
const FILL_MS = 120_000;
/** After the pool is full again the last boot's work is over (ms). */
const REST_MS = 500;
const MB = 1_000_000;

/** Private memory of every process of the node but the one that asks (kB). */
const PRIVATE_MEMORY = `total=0
for file in /proc/[0-9]*/smaps_rollup; do
  pid=\${file#/proc/}; pid=\${pid%/*}; [ "$pid" = $$ ] && continue
  while read -r name value _; do case $name in Private_*) total=$((total + value)) ;; esac; done 2>/dev/null <"$file"
done; echo $total`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function poolOf(origin: string): Promise<number> {
  return ((await (await fetch(`${origin}/api/v1/status`)).json()) as { pool: number }).pool;
}

/** Waits until the pool grows no more, or has that size. @returns its size */
export async function poolFull(origin: string, size = 0): Promise<number> {
  const end = performance.now() + FILL_MS;
  let pool = await poolOf(origin);
  for (let steadySince = performance.now(); performance.now() < end; ) {
    await pause(200);
    const now = await poolOf(origin);
    if (now !== pool) steadySince = performance.now();
    pool = now;
    if (size > 0 ? pool >= size : pool > 0 && performance.now() - steadySince > 10_000) break;
  }
  await pause(REST_MS);
  return pool;
}

/** One node from the call that asks for it to the end. */
async function measureNode(
  origin: string,
  session: ApiSession,
  kind: 'cold' | 'claim',
  figures: Figures,
): Promise<void> {
  const terminals = await connectTerminals(origin, session.id, session.token);
  try {
    const started = performance.now();
    const node = await session.addNode();
    figures.sample(`node.${kind}.api`, 'ms', performance.now() - started);
    const terminal = await terminals.open(node.name);
    await terminal.sees(`root@${node.name}:`);
    figures.sample(`node.${kind}.prompt`, 'ms', performance.now() - started);
    await session.dockerReady(node.name);
    figures.sample(`node.${kind}.docker-ready`, 'ms', performance.now() - started);
    const destroyed = await timed(() => session.deleteNode(node.name));
    figures.sample('node.destroy', 'ms', destroyed.ms);
  } finally {
    terminals.close();
  }
}

async function measureMemory(origin: string, figures: Figures): Promise<void> {
  const session = await createSession(origin);
  try {
    const { name } = await session.addNode();
    await session.dockerReady(name);
    await session.sh(name, '/usr/lib/drydock/drydock-ctl wait ssh 60');
    await pause(5000);
    const { stdout } = await session.sh(name, PRIVATE_MEMORY);
    figures.value('node.idle-private-memory', 'MB', (Number(stdout) * 1024) / MB);
  } finally {
    await session.close();
  }
}

async function rounds(origin: string, kind: 'cold' | 'claim', figures: Figures): Promise<void> {
  const full = kind === 'claim' ? await poolFull(origin) : 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (kind === 'claim') await poolFull(origin, full);
    const created = await timed(() => createSession(origin));
    figures.sample('session.create', 'ms', created.ms);
    try {
      await measureNode(origin, created.result, kind, figures);
    } finally {
      await created.result.close();
    }
  }
}

/** The stack of `origin` has a pool; cold starts are measured on one that has none. */
export async function benchNodes(origin: string, figures: Figures, stack: Stack): Promise<void> {
  const { DRYDOCK_PORT: _port, DRYDOCK_STATE_DIR: _directory, ...settings } = stack.env;
  await rounds(origin, 'claim', figures);
  await measureMemory(origin, figures);
  const cold = await startStack({ ...settings, DRYDOCK_POOL_SIZE: '0' });
  try {
    await rounds(cold.origin, 'cold', figures);
  } finally {
    await stopStack(cold);
  }
}

/** What a terminal's path costs without a browser: echo, flood, Ctrl-C, a flooding neighbour, attaching anew. */
import type { SessionId } from '@drydock/protocol';
import { createSession } from '../support/api.ts';
import type { Figures } from './figures.ts';
import { cpuSecondsOf } from './process-cost.ts';
import { type BenchTerminal, connectTerminals, PROMPT } from './terminal-socket.ts';

const KEYS = 500;
const INTERRUPTS = 20;
const ATTACHES = 10;
/** A stack that was just started, or whose pool just gave a node away, boots nodes for so long (ms). */
export const SETTLE_MS = 12_000;
/** Lines of the flood: 72 MB as the terminal writes them. */
export const FLOOD_LINES = 8_200_000;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A session with a node, and how to undo it. */
interface Place {
  sessionId: SessionId;
  token: string;
  node: string;
}

async function echo(terminal: BenchTerminal, figures: Figures, name: string): Promise<void> {
  for (let i = 0; i < KEYS; i += 1) {
    // The line is emptied now and then, outside of what is measured.
    if (i % 100 === 99) {
      terminal.type('\x15');
      await wait(50);
    }
    const letter = String.fromCharCode(97 + (i % 26));
    terminal.mark();
    const started = performance.now();
    terminal.type(letter);
    await terminal.sees(letter);
    figures.sample(name, 'ms', performance.now() - started);
    await wait(Math.random() * 20);
  }
  terminal.type('\x15');
}

/** Bytes of the flood: each number with CR LF. */
export function floodBytes(): number {
  const counts = Array.from({ length: 7 }, (_, digits) =>
    Math.max(0, Math.min(FLOOD_LINES, 10 ** (digits + 1) - 1) - (10 ** digits - 1)),
  );
  return counts.reduce((sum, count, digits) => sum + count * (digits + 3), 0);
}

async function flood(terminal: BenchTerminal, figures: Figures, pids: Record<string, number>): Promise<void> {
  terminal.mark();
  terminal.type(`seq 1 ${FLOOD_LINES} > /tmp/flood; echo rea"dy"\r`);
  await terminal.sees('ready');
  await wait(500);
  const before = terminal.received();
  const messages = terminal.messages();
  const cpuBefore = new Map(Object.entries(pids).map(([name, pid]) => [name, cpuSecondsOf(pid)]));
  terminal.mark();
  const started = performance.now();
  terminal.type('cat /tmp/flood; echo fini"shed"\r');
  await terminal.sees('finished');
  const ms = performance.now() - started;
  const bytes = terminal.received() - before;
  figures.value('terminals.flood', 'MB/s', bytes / 1000 / ms);
  figures.value('terminals.flood-lost', 'bytes', Math.max(0, floodBytes() - bytes));
  figures.value('terminals.flood-message', 'bytes', bytes / (terminal.messages() - messages));
  for (const [name, pid] of Object.entries(pids)) {
    figures.value(`terminals.flood-cpu-${name}`, 's', cpuSecondsOf(pid) - (cpuBefore.get(name) ?? 0));
  }
  terminal.type('rm /tmp/flood\r');
}

async function interrupts(terminal: BenchTerminal, figures: Figures): Promise<void> {
  for (let i = 0; i < INTERRUPTS; i += 1) {
    const before = terminal.received();
    terminal.type('yes\r');
    while (terminal.received() - before < 4_000_000) await wait(5);
    terminal.mark();
    const started = performance.now();
    terminal.type('\x03');
    await terminal.sees('^C');
    await terminal.sees(PROMPT);
    figures.sample('terminals.interrupt-yes', 'ms', performance.now() - started);
    await wait(50);
  }
}

/** Measures in a place that is there already; of the processes in `pids` the flood's processor time is told. */
export async function measureTerminals(
  origin: string,
  { sessionId, token, node }: Place,
  figures: Figures,
  pids: Record<string, number> = {},
): Promise<void> {
  const socket = await connectTerminals(origin, sessionId, token);
  try {
    const terminal = await socket.open(node);
    await terminal.sees(PROMPT);
    await echo(terminal, figures, 'terminals.echo');
    const noisy = await socket.open(node);
    await noisy.sees(PROMPT);
    noisy.type('yes\r');
    await wait(300);
    await echo(terminal, figures, 'terminals.echo-beside-yes');
    await noisy.close();
    await flood(terminal, figures, pids);
    for (let i = 0; i < ATTACHES; i += 1) figures.sample('terminals.attach-screen', 'ms', await terminal.attach(0));
    await interrupts(terminal, figures);
  } finally {
    socket.close();
  }
}

export async function benchTerminals(origin: string, figures: Figures): Promise<void> {
  const session = await createSession(origin);
  try {
    const node = await session.addNode();
    await wait(SETTLE_MS);
    await measureTerminals(origin, { sessionId: session.id, token: session.token, node: node.name }, figures);
  } finally {
    await session.close();
  }
}

/** Very many terminals on one manager, each typed into five times a second: echo and memory. */
import { startTerminalStack, type TerminalStack } from '@drydock/testkit';
import type { Figures } from './figures.ts';
import { cpuSecondsOf, cpuSecondsOfChildren, memoryOf } from './process-cost.ts';
import { type BenchTerminal, connectTerminals, PROMPT, type TerminalSocket } from './terminal-socket.ts';

const KEYS_PER_SECOND = 5;
const SECONDS = 15;
/** The first keys of a thousand shells that were never typed into are a figure of their own (ms): they copy each shell's memory. */
const FIRST_MS = 1000;
/** What one manager must carry. */
const TERMINALS = 1000;
/** Below the bound of one node. */
const TERMINALS_PER_NODE = 25;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function typeInto(terminal: BenchTerminal, figures: Figures, until: number): Promise<void> {
  await wait(Math.random() * (1000 / KEYS_PER_SECOND));
  const first = Date.now() + FIRST_MS;
  for (let i = 0; Date.now() < until; i += 1) {
    const began = Date.now();
    const next = began + 1000 / KEYS_PER_SECOND;
    const letter = i % 60 === 59 ? '\x15' : String.fromCharCode(97 + (i % 26));
    terminal.mark();
    const started = performance.now();
    terminal.type(letter);
    if (letter !== '\x15') {
      await terminal.sees(letter);
      const name = began < first ? 'many-terminals.echo-first' : 'many-terminals.echo';
      figures.sample(name, 'ms', performance.now() - started);
    }
    await wait(Math.max(0, next - Date.now()));
  }
}

export async function benchManyTerminals(stack: TerminalStack, count: number, figures: Figures): Promise<void> {
  const before = {
    manager: memoryOf(stack.manager.pid()),
    host: memoryOf(stack.terminals.pid()),
    agent: memoryOf(stack.agent.pid()),
  };
  const sockets: TerminalSocket[] = [];
  const terminals: BenchTerminal[] = [];
  while (terminals.length < count) {
    const { sessionId, token } = await stack.createSession();
    const socket = await connectTerminals(stack.origin, sessionId, token);
    sockets.push(socket);
    for (let i = 0; i < TERMINALS_PER_NODE && terminals.length < count; i += 1) {
      const terminal = await socket.open('node1');
      await terminal.sees(PROMPT);
      terminals.push(terminal);
    }
  }
  await wait(3000);
  figures.value(
    'many-terminals.memory-manager',
    'KB each',
    (memoryOf(stack.manager.pid()) - before.manager) / 1024 / count,
  );
  figures.value(
    'many-terminals.memory-host',
    'KB each',
    (memoryOf(stack.terminals.pid()) - before.host) / 1024 / count,
  );
  figures.value('many-terminals.memory-agent', 'KB each', (memoryOf(stack.agent.pid()) - before.agent) / 1024 / count);
  const until = Date.now() + SECONDS * 1000;
  const pids = {
    manager: stack.manager.pid(),
    agent: stack.agent.pid(),
    host: stack.terminals.pid(),
    bench: process.pid,
  };
  const cpu = Object.entries(pids).map(([name, pid]): [string, number] => [name, cpuSecondsOf(pid)]);
  const shellsBefore = cpuSecondsOfChildren(stack.terminals.pid());
  await Promise.all(terminals.map((terminal) => typeInto(terminal, figures, until)));
  const shells = cpuSecondsOfChildren(stack.terminals.pid()) - shellsBefore;
  figures.value('many-terminals.cpu-shells', 'cores', shells / SECONDS);
  for (const [name, used] of cpu) {
    const seconds = cpuSecondsOf(pids[name as keyof typeof pids]) - used;
    figures.value(`many-terminals.cpu-${name}`, 'cores', seconds / SECONDS);
  }
  for (const socket of sockets) socket.close();
}

/** The same on a stack of its own: the shells are this machine's, since a thousand nodes do not fit on it. */
export async function benchManyOnFakeRuntime(figures: Figures): Promise<void> {
  const stack = await startTerminalStack();
  try {
    await benchManyTerminals(stack, TERMINALS, figures);
  } finally {
    await stack.stop();
  }
}

/** All terminals of a host, by id and by node. */
import { DrydockError, MAX_TERMINALS_PER_NODE, type SessionId } from '@drydock/protocol';
import type { HostedTerminal, HostRequest } from './host-protocol.ts';
import type { Size } from './output-log.ts';
import type { PtyExit, SpawnPty } from './pty.ts';
import { createScreenBudget, type ScreenBudget } from './screens/screen-budget.ts';
import type { ScreenPool } from './screens/screen-pool.ts';
import { createTerminal, type Terminal } from './terminal.ts';

interface Entry {
  terminalId: string;
  sessionId: SessionId;
  node: string;
  createdAt: number;
  terminal: Terminal;
}

export interface TerminalRegistry {
  /** Starts a shell; a terminal of that id that exists already is left as it is. @throws DrydockError TERMINAL_LIMIT, or the spawner's. */
  open(request: HostRequest<'terminal.open'>): void;
  /** @throws DrydockError TERMINAL_NOT_FOUND */
  get(terminalId: string): Terminal;
  find(terminalId: string): Terminal | undefined;
  list(): HostedTerminal[];
  closeNode(node: { sessionId: SessionId; node: string }): Promise<void>;
  closeAll(): Promise<void>;
}

export interface TerminalRegistryDeps {
  /** How a shell on a node's terminal is started. @throws DrydockError NODE_NOT_FOUND */
  spawnFor(node: { sessionId: SessionId; node: string }): SpawnPty;
  screens: Pick<ScreenPool, 'open'>;
  /** A terminal is gone for good. */
  onForgotten(terminalId: string, exit: PtyExit): void;
}

/** Builds an empty registry. */
export function createTerminalRegistry({ spawnFor, screens, onForgotten }: TerminalRegistryDeps): TerminalRegistry {
  const entries = new Map<string, Entry>();
  /** Of sessions that have terminals. */
  const budgets = new Map<string, ScreenBudget>();

  function budgetOf(sessionId: SessionId): ScreenBudget {
    const budget = budgets.get(sessionId) ?? createScreenBudget();
    budgets.set(sessionId, budget);
    return budget;
  }

  const ofNode = (sessionId: SessionId, node: string) =>
    [...entries.values()].filter((entry) => entry.sessionId === sessionId && entry.node === node);

  const closeEach = (chosen: Entry[]) =>
    Promise.all(chosen.map((entry) => entry.terminal.close())).then(() => undefined);

  function makeRoom(sessionId: SessionId, node: string): void {
    const all = ofNode(sessionId, node);
    if (all.length < MAX_TERMINALS_PER_NODE) return;
    // Ended terminals are only kept for those who come late; a new shell is worth more.
    const ended = all.find((entry) => entry.terminal.ended());
    if (ended === undefined) throw new DrydockError('TERMINAL_LIMIT');
    void ended.terminal.close();
  }

  function open({ terminalId, sessionId, node, cols, rows }: HostRequest<'terminal.open'>): void {
    if (entries.has(terminalId)) return;
    makeRoom(sessionId, node);
    const size: Size = { cols, rows };
    const terminal = createTerminal({
      size,
      spawn: spawnFor({ sessionId, node }),
      openEmulator: (at) => screens.open(sessionId, at),
      screenBudget: budgetOf(sessionId),
      onForgotten(exit) {
        entries.delete(terminalId);
        if (![...entries.values()].some((entry) => entry.sessionId === sessionId)) budgets.delete(sessionId);
        onForgotten(terminalId, exit);
      },
    });
    entries.set(terminalId, { terminalId, sessionId, node, createdAt: Date.now(), terminal });
  }

  return {
    open,
    get(terminalId) {
      const entry = entries.get(terminalId);
      if (entry === undefined) throw new DrydockError('TERMINAL_NOT_FOUND');
      return entry.terminal;
    },
    find: (terminalId) => entries.get(terminalId)?.terminal,
    list: () =>
      Array.from(entries.values(), ({ terminal, ...rest }) => {
        const { cols, rows } = terminal.size();
        return { ...rest, cols, rows };
      }),
    closeNode: ({ sessionId, node }) => closeEach(ofNode(sessionId, node)),
    closeAll: () => closeEach([...entries.values()]),
  };
}

/** Terminals of the fixture agent: a real output log with offsets and viewers, over a "shell" that echoes what is typed. */
import type { AgentAnswer, AgentRequest, SessionId, TerminalView } from '@drydock/protocol';
import { DrydockError } from '@drydock/protocol';

export interface FixtureTerminalEvents {
  output(output: { viewerId: string; offset: number; data: Uint8Array }): void;
  /** A terminal was opened or resized. */
  changed(sessionId: SessionId, view: TerminalView): void;
  exit(exit: { terminalId: string; exitCode: number; viewerId?: string }): void;
}

interface Terminal {
  sessionId: SessionId;
  view: TerminalView;
  log: Buffer;
  viewers: Set<string>;
  lastSeq: Map<string, number>;
}

/** Builds an empty set. Typing `exit\n` ends a terminal with code 0. */
export function createFixtureTerminals(events: FixtureTerminalEvents) {
  const terminals = new Map<string, Terminal>();

  function find(terminalId: string): Terminal {
    const terminal = terminals.get(terminalId);
    if (terminal === undefined) throw new DrydockError('TERMINAL_NOT_FOUND');
    return terminal;
  }

  function print(terminal: Terminal, data: Buffer): void {
    const offset = terminal.log.length;
    terminal.log = Buffer.concat([terminal.log, data]);
    for (const viewerId of terminal.viewers) events.output({ viewerId, offset, data });
  }

  function end(terminal: Terminal): void {
    const { terminalId } = terminal.view;
    for (const viewerId of terminal.viewers) events.exit({ terminalId, exitCode: 0, viewerId });
    terminals.delete(terminalId);
    events.exit({ terminalId, exitCode: 0 });
  }

  return {
    list: () => [...terminals.values()].map(({ sessionId, view }) => ({ sessionId, ...view })),
    open({ terminalId, sessionId, node, cols, rows }: AgentRequest<'terminal.open'>): AgentAnswer<'terminal.open'> {
      const view = { terminalId, node, cols, rows, createdAt: Date.now() };
      terminals.set(terminalId, { sessionId, view, log: Buffer.alloc(0), viewers: new Set(), lastSeq: new Map() });
      print(find(terminalId), Buffer.from(`root@${node}:~# `));
      events.changed(sessionId, view);
      return {};
    },
    attach({ terminalId, viewerId, offset }: AgentRequest<'terminal.attach'>): AgentAnswer<'terminal.attach'> {
      const terminal = find(terminalId);
      // In one step, so that nothing that is printed meanwhile comes before it or twice.
      setImmediate(() => {
        const data = terminal.log.subarray(offset);
        if (data.length > 0) events.output({ viewerId, offset, data });
        terminal.viewers.add(viewerId);
      });
      return { offset, cols: terminal.view.cols, rows: terminal.view.rows };
    },
    detach({ viewerId }: AgentRequest<'terminal.detach'>): AgentAnswer<'terminal.detach'> {
      for (const terminal of terminals.values()) terminal.viewers.delete(viewerId);
      return {};
    },
    input({ terminalId, writer, seq, data }: AgentRequest<'terminal.input'>): AgentAnswer<'terminal.input'> {
      const terminal = find(terminalId);
      if (seq <= (terminal.lastSeq.get(writer) ?? 0)) return {};
      terminal.lastSeq.set(writer, seq);
      print(terminal, Buffer.from(data));
      if (Buffer.from(data).toString() === 'exit\n') end(terminal);
      return {};
    },
    resize({ terminalId, cols, rows }: AgentRequest<'terminal.resize'>): AgentAnswer<'terminal.resize'> {
      const terminal = find(terminalId);
      terminal.view = { ...terminal.view, cols, rows };
      events.changed(terminal.sessionId, terminal.view);
      return {};
    },
    close({ terminalId }: AgentRequest<'terminal.close'>): AgentAnswer<'terminal.close'> {
      end(find(terminalId));
      return {};
    },
    endSession(sessionId: SessionId, node?: string): void {
      for (const terminal of [...terminals.values()]) {
        if (terminal.sessionId === sessionId && (node === undefined || terminal.view.node === node)) {
          terminals.delete(terminal.view.terminalId);
        }
      }
    },
  };
}

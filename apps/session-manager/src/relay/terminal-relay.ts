/** Passes terminals between browsers and hosts: which terminals there are, who views what, and nothing of what they say. */
import {
  type AttachResult,
  DrydockError,
  type SessionId,
  type TerminalExit,
  type TerminalView,
} from '@drydock/protocol';
import { createRelayViewer, type RelayViewer } from './relay-viewer.ts';
import type { RelayClient, TerminalRelay, TerminalRelayDeps, TerminalSink } from './terminal-relay-types.ts';

interface Terminal {
  readonly sessionId: SessionId;
  readonly host: string;
  readonly viewers: Set<RelayViewer>;
  view: TerminalView;
}

/** What viewers are told of a terminal whose end nobody saw: its node or its host went away. */
const LOST: Omit<TerminalExit, 'terminalId'> = { exitCode: -1 };

/** Attaches the viewers of a host's terminals again, where they were. */
function resumeViewers(terminals: Iterable<Terminal>, host: string): void {
  for (const terminal of terminals) {
    if (terminal.host === host) for (const viewer of terminal.viewers) viewer.resume();
  }
}

/** Builds the relay; it keeps no terminal bytes but those that wait for an attach's answer. */
export function createTerminalRelay(deps: TerminalRelayDeps): TerminalRelay {
  const { sendCommand, newId, onChange } = deps;
  const terminals = new Map<string, Terminal>();
  const viewers = new Map<string, RelayViewer>();

  function find(sessionId: SessionId, terminalId: string): Terminal {
    const terminal = terminals.get(terminalId);
    if (terminal?.sessionId === sessionId) return terminal;
    throw new DrydockError(deps.knowsHostsOf(sessionId) ? 'TERMINAL_NOT_FOUND' : 'HOST_UNAVAILABLE');
  }

  /** Undefined: the terminal is another host's or session's, whatever this host says. */
  function learn(sessionId: SessionId, host: string, view: TerminalView): Terminal | undefined {
    const known = terminals.get(view.terminalId);
    if (known !== undefined) {
      if (known.host !== host || known.sessionId !== sessionId) return undefined;
      known.view = view;
      return known;
    }
    const terminal = { sessionId, host, view, viewers: new Set<RelayViewer>() };
    terminals.set(view.terminalId, terminal);
    return terminal;
  }

  function forget(terminalId: string, exit: Omit<TerminalExit, 'terminalId'>): void {
    const terminal = terminals.get(terminalId);
    if (terminal === undefined) return;
    terminals.delete(terminalId);
    for (const viewer of terminal.viewers) viewer.end(exit);
    onChange(terminal.sessionId, { kind: 'terminal-gone', terminalId });
  }

  function forgetAll(isGone: (terminal: Terminal) => boolean): void {
    for (const [terminalId, terminal] of [...terminals]) if (isGone(terminal)) forget(terminalId, LOST);
  }

  const resume = (host: string) => resumeViewers(terminals.values(), host);

  function ofHost(host: string, viewerId: string): RelayViewer | undefined {
    const viewer = viewers.get(viewerId);
    return viewer?.host === host ? viewer : undefined;
  }

  function addClient(sessionId: SessionId, sink: TerminalSink): RelayClient {
    const mine = new Map<string, RelayViewer>();
    let disposed = false;

    function drop(terminalId: string): void {
      const viewer = mine.get(terminalId);
      if (viewer === undefined) return;
      mine.delete(terminalId);
      terminals.get(terminalId)?.viewers.delete(viewer);
      viewer.close();
    }

    async function attach(terminal: Terminal, offset: number): Promise<AttachResult> {
      if (disposed) throw new DrydockError('SHUTTING_DOWN');
      const { host, view } = terminal;
      const { terminalId } = view;
      drop(terminalId);
      const viewer = createRelayViewer({ terminalId, host, sink, deps, directory: viewers });
      mine.set(terminalId, viewer);
      terminal.viewers.add(viewer);
      try {
        return await viewer.attach(offset);
      } catch (error) {
        if (mine.get(terminalId) === viewer) drop(terminalId);
        throw error;
      }
    }

    return {
      async open({ host, node, cols, rows }) {
        const terminalId = newId('t');
        await sendCommand(host, 'terminal.open', { sessionId, node, terminalId, cols, rows });
        const terminal = learn(sessionId, host, { terminalId, node, cols, rows, createdAt: Date.now() });
        if (terminal === undefined) throw new DrydockError('INTERNAL');
        onChange(sessionId, { kind: 'terminal', terminal: terminal.view });
        const { offset } = await attach(terminal, 0);
        return { terminalId, offset };
      },
      attach: async ({ terminalId, offset }) => attach(find(sessionId, terminalId), offset),
      async detach({ terminalId }) {
        drop(terminalId);
      },
      async input(request) {
        await sendCommand(find(sessionId, request.terminalId).host, 'terminal.input', request);
      },
      ack: ({ terminalId, offset }) => mine.get(terminalId)?.ack(offset),
      async resize(request) {
        const terminal = find(sessionId, request.terminalId);
        await sendCommand(terminal.host, 'terminal.resize', request);
        const { cols, rows } = request;
        if (terminal.view.cols === cols && terminal.view.rows === rows) return;
        terminal.view = { ...terminal.view, cols, rows };
        onChange(sessionId, { kind: 'terminal', terminal: terminal.view });
      },
      async close({ terminalId }) {
        await sendCommand(find(sessionId, terminalId).host, 'terminal.close', { terminalId });
      },
      dispose() {
        disposed = true;
        for (const terminalId of [...mine.keys()]) drop(terminalId);
      },
    };
  }

  return {
    addClient,
    list: (sessionId) =>
      [...terminals.values()].filter((terminal) => terminal.sessionId === sessionId).map(({ view }) => view),
    onAgentHello(host, hello) {
      const alive = new Set(hello.terminals.map(({ terminalId }) => terminalId));
      forgetAll((terminal) => terminal.host === host && !alive.has(terminal.view.terminalId));
      for (const { sessionId, ...view } of hello.terminals) {
        const terminal = learn(sessionId, host, view);
        if (terminal !== undefined) onChange(sessionId, { kind: 'terminal', terminal: terminal.view });
      }
      if (deps.hasStream?.(host) !== true) resume(host);
    },
    onStream: resume,
    onTerminal(host, sessionId, view) {
      const before = terminals.get(view.terminalId)?.view;
      if (before?.cols === view.cols && before.rows === view.rows) return;
      const terminal = learn(sessionId, host, view);
      if (terminal !== undefined) onChange(sessionId, { kind: 'terminal', terminal: terminal.view });
    },
    onOutput: (host, output) => ofHost(host, output.viewerId)?.onOutput(output),
    onScreen: (host, screen) => ofHost(host, screen.viewerId)?.onScreen(screen),
    onSize: (host, size) => ofHost(host, size.viewerId)?.onSize(size),
    onExit(host, exit) {
      if (exit.viewerId !== undefined) ofHost(host, exit.viewerId)?.onExit(exit);
      else if (terminals.get(exit.terminalId)?.host === host) {
        forget(exit.terminalId, {
          exitCode: exit.exitCode,
          ...(exit.signal === undefined ? {} : { signal: exit.signal }),
        });
      }
    },
    // Terminals outlive their agent: its next hello tells which, and resumes their viewers.
    onAgentLost: () => undefined,
    onNodeGone: (sessionId, node) =>
      forgetAll((terminal) => terminal.sessionId === sessionId && terminal.view.node === node),
    onSessionGone: (sessionId) => forgetAll((terminal) => terminal.sessionId === sessionId),
  };
}

/** Passes terminals between browsers and hosts: who views what, and up to which byte each viewer has been served. */
import {
  type AttachResult,
  DrydockError,
  type TerminalView,
  toDrydockError,
  type ViewerOutput,
  type ViewerSize,
} from '@drydock/protocol';
import type { RelayClient, TerminalRelay, TerminalRelayDeps, TerminalSink } from './terminal-relay-types.ts';

/** Events of one viewer that may come before its attach is answered; its window bounds them. */
interface Viewer {
  readonly id: string;
  readonly terminalId: string;
  readonly host: string;
  readonly sink: TerminalSink;
  /** Everything before this offset was given to the sink. */
  served: number;
  /** Events that wait for the attach's answer; undefined once it was given. */
  waiting: (() => void)[] | undefined;
}

interface Terminal {
  readonly sessionId: string;
  readonly host: string;
  view: TerminalView;
}

/** Builds the relay; it keeps no terminal bytes. */
export function createTerminalRelay(deps: TerminalRelayDeps): TerminalRelay {
  const { sendCommand, sendAck, newId, onChange } = deps;
  const terminals = new Map<string, Terminal>();
  const viewers = new Map<string, Viewer>();

  function find(sessionId: string, terminalId: string): Terminal {
    const terminal = terminals.get(terminalId);
    if (terminal?.sessionId !== sessionId) throw new DrydockError('TERMINAL_NOT_FOUND');
    return terminal;
  }

  function forget(terminalId: string): void {
    const terminal = terminals.get(terminalId);
    if (terminal === undefined) return;
    terminals.delete(terminalId);
    for (const viewer of viewers.values()) if (viewer.terminalId === terminalId) viewers.delete(viewer.id);
    onChange(terminal.sessionId, { kind: 'terminal-gone', terminalId });
  }

  /** Runs an event of a viewer now, or after the answer of its attach. */
  function deliver(host: string, viewerId: string, event: (viewer: Viewer) => void): void {
    const viewer = viewers.get(viewerId);
    if (viewer === undefined || viewer.host !== host) return;
    if (viewer.waiting === undefined) event(viewer);
    else viewer.waiting.push(() => event(viewer));
  }

  function serve(viewer: Viewer, { offset, data }: ViewerOutput): void {
    viewer.served = offset + data.byteLength;
    viewer.sink.output({ terminalId: viewer.terminalId, offset, data });
  }

  /** Lets the events out that came before the answer, once the caller had its chance to pass the answer on. */
  function release(viewer: Viewer): void {
    setImmediate(() => {
      const waiting = viewer.waiting ?? [];
      viewer.waiting = undefined;
      for (const event of waiting) if (viewers.get(viewer.id) === viewer) event();
    });
  }

  function detach(viewer: Viewer): Promise<unknown> {
    viewers.delete(viewer.id);
    return sendCommand(viewer.host, 'terminal.detach', { viewerId: viewer.id }).catch(() => undefined);
  }

  async function attach(
    terminal: Terminal,
    sink: TerminalSink,
    offset: number,
  ): Promise<{ viewer: Viewer; result: AttachResult }> {
    const { terminalId } = terminal.view;
    const viewer: Viewer = { id: newId('v'), terminalId, host: terminal.host, sink, served: offset, waiting: [] };
    viewers.set(viewer.id, viewer);
    try {
      const result = await sendCommand(terminal.host, 'terminal.attach', { terminalId, viewerId: viewer.id, offset });
      viewer.served = result.offset;
      return { viewer, result };
    } catch (error) {
      viewers.delete(viewer.id);
      throw error;
    }
  }

  /** After a break of the host's link: the same viewer goes on where it was. */
  async function attachAgain(viewer: Viewer): Promise<void> {
    const { terminalId, id: viewerId } = viewer;
    viewer.waiting ??= [];
    try {
      const result = await sendCommand(viewer.host, 'terminal.attach', { terminalId, viewerId, offset: viewer.served });
      if (viewers.get(viewerId) !== viewer) return;
      if (result.screen !== undefined) viewer.sink.screen({ terminalId, screen: result.screen, offset: result.offset });
      viewer.served = result.offset;
      release(viewer);
    } catch (error) {
      // HOST_UNAVAILABLE: the next hello tries again. Anything else: there is nothing left to view.
      if (toDrydockError(error).code !== 'HOST_UNAVAILABLE') viewers.delete(viewerId);
    }
  }

  function addClient(sessionId: string, sink: TerminalSink): RelayClient {
    const mine = new Map<string, Viewer>();
    let disposed = false;

    async function attachMine(terminal: Terminal, offset: number): Promise<AttachResult> {
      const { terminalId } = terminal.view;
      const before = mine.get(terminalId);
      mine.delete(terminalId);
      if (before !== undefined) await detach(before);
      const { viewer, result } = await attach(terminal, sink, offset);
      if (disposed) {
        await detach(viewer);
        return result;
      }
      const overtaken = mine.get(terminalId);
      if (overtaken !== undefined) void detach(overtaken);
      mine.set(terminalId, viewer);
      release(viewer);
      return result;
    }

    return {
      async open({ host, node, cols, rows }) {
        const terminalId = newId('t');
        await sendCommand(host, 'terminal.open', { sessionId, node, terminalId, cols, rows });
        const view = { terminalId, node, cols, rows, createdAt: Date.now() };
        const terminal = { sessionId, host, view };
        terminals.set(terminalId, terminal);
        onChange(sessionId, { kind: 'terminal', terminal: view });
        const { offset } = await attachMine(terminal, 0);
        return { terminalId, offset };
      },
      attach: async ({ terminalId, offset }) => attachMine(find(sessionId, terminalId), offset),
      async detach({ terminalId }) {
        find(sessionId, terminalId);
        const viewer = mine.get(terminalId);
        mine.delete(terminalId);
        if (viewer !== undefined) await detach(viewer);
      },
      async input(request) {
        await sendCommand(find(sessionId, request.terminalId).host, 'terminal.input', request);
      },
      ack({ terminalId, offset }) {
        const viewer = mine.get(terminalId);
        if (viewer !== undefined) sendAck(viewer.host, { viewerId: viewer.id, offset });
      },
      async resize(request) {
        const terminal = find(sessionId, request.terminalId);
        await sendCommand(terminal.host, 'terminal.resize', request);
        terminal.view = { ...terminal.view, cols: request.cols, rows: request.rows };
        onChange(sessionId, { kind: 'terminal', terminal: terminal.view });
      },
      async close({ terminalId }) {
        await sendCommand(find(sessionId, terminalId).host, 'terminal.close', { terminalId });
      },
      dispose() {
        disposed = true;
        for (const viewer of mine.values()) void detach(viewer);
        mine.clear();
      },
    };
  }

  return {
    addClient,
    list: (sessionId) =>
      [...terminals.values()].filter((terminal) => terminal.sessionId === sessionId).map(({ view }) => view),
    onAgentHello(host, hello) {
      const alive = new Set(hello.terminals.map(({ terminalId }) => terminalId));
      for (const [terminalId, terminal] of [...terminals]) {
        if (terminal.host === host && !alive.has(terminalId)) forget(terminalId);
      }
      for (const { sessionId, ...view } of hello.terminals) {
        terminals.set(view.terminalId, { sessionId, host, view });
        onChange(sessionId, { kind: 'terminal', terminal: view });
      }
      for (const viewer of [...viewers.values()]) if (viewer.host === host) void attachAgain(viewer);
    },
    onOutput: (host, output) => deliver(host, output.viewerId, (viewer) => serve(viewer, output)),
    onScreen: (host, { viewerId, screen, offset }) =>
      deliver(host, viewerId, (viewer) => {
        viewer.served = offset;
        viewer.sink.screen({ terminalId: viewer.terminalId, screen, offset });
      }),
    onSize: (host, { viewerId, terminalId, cols, rows }: ViewerSize) =>
      deliver(host, viewerId, (viewer) => viewer.sink.size({ terminalId, cols, rows })),
    onExit(host, { viewerId, ...exit }) {
      if (viewerId === undefined) {
        if (terminals.get(exit.terminalId)?.host === host) forget(exit.terminalId);
      } else deliver(host, viewerId, (viewer) => viewer.sink.exit(exit));
    },
    onAgentLost: () => undefined,
    onNodeGone(sessionId, node) {
      for (const [terminalId, { sessionId: owner, view }] of [...terminals]) {
        if (owner === sessionId && view.node === node) forget(terminalId);
      }
    },
    onSessionGone(sessionId) {
      for (const [terminalId, { sessionId: owner }] of [...terminals]) if (owner === sessionId) forget(terminalId);
    },
  };
}

/** The lab connection as terminals see it: calls, acknowledgements, and each terminal's own events. */
import type { LabClient } from './lab-client.ts';
import type { TerminalEvents, TerminalLink } from './terminal-types.ts';

/** Shares one socket among all terminals of the page. */
export function createTerminalLink({ socket, call }: Pick<LabClient, 'socket' | 'call'>): TerminalLink {
  const subscribers = new Map<string, Set<TerminalEvents>>();
  const connectionListeners = new Set<(connected: boolean) => void>();

  function each(terminalId: string, tell: (events: TerminalEvents) => void): void {
    for (const events of subscribers.get(terminalId) ?? []) tell(events);
  }

  socket.on('terminal:output', ({ terminalId, offset, data }) => {
    // socket.io hands browsers an ArrayBuffer where Node.js gets a Buffer.
    const bytes: unknown = data;
    const output = { terminalId, offset, data: bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : data };
    each(terminalId, (events) => events.onOutput(output));
  });
  socket.on('terminal:screen', (screen) => each(screen.terminalId, (events) => events.onScreen(screen)));
  socket.on('terminal:size', (size) => each(size.terminalId, (events) => events.onSize(size)));
  socket.on('terminal:exit', (exit) => each(exit.terminalId, (events) => events.onExit(exit)));
  socket.on('connect', () => {
    for (const listener of [...connectionListeners]) listener(true);
  });
  socket.on('disconnect', () => {
    for (const listener of [...connectionListeners]) listener(false);
  });

  return {
    isConnected: () => socket.connected,
    call,
    ack(terminalId, offset) {
      if (socket.connected) socket.emit('terminal:ack', { terminalId, offset });
    },
    subscribe(terminalId, events) {
      const set = subscribers.get(terminalId) ?? new Set();
      subscribers.set(terminalId, set.add(events));
      return () => {
        set.delete(events);
        if (set.size === 0) subscribers.delete(terminalId);
      };
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
  };
}

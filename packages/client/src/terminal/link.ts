/** The connection to a session as terminals see it: calls, acknowledgements, and each terminal's own events, over whichever socket carries them. */
import {
  type SessionCall,
  type SessionCallAnswer,
  type SessionCallRequest,
  type TerminalOutput,
  terminalEventSchemas,
  terminalOutputSchema,
} from '@drydock/protocol';
import { ApiError } from '../http/errors.ts';
import { ENGLISH } from '../http/texts.ts';
import type { SessionConnection } from '../session/session-connection.ts';
import { createTerminalChannel, isTerminalCall, type TerminalChannelDeps } from './channel.ts';
import type { TerminalEvents, TerminalLink } from './types.ts';

export interface TerminalLinkDeps extends Omit<TerminalChannelDeps, 'onState' | 'onOutput' | 'onEvent'> {
  connection: Pick<SessionConnection, 'socket' | 'call'>;
}

/** Shares one connection among all terminals of a session. */
export function createTerminalLink({ connection, ...where }: TerminalLinkDeps): TerminalLink {
  const { socket } = connection;
  const subscribers = new Map<string, Set<TerminalEvents>>();
  const connectionListeners = new Set<(connected: boolean) => void>();
  /** Calls that wait until it is known what carries them. */
  const undecided: (() => void)[] = [];
  let connected = false;

  function each(terminalId: string, tell: (events: TerminalEvents) => void): void {
    for (const events of subscribers.get(terminalId) ?? []) tell(events);
  }

  const onOutput = (output: TerminalOutput) => each(output.terminalId, (events) => events.onOutput(output));
  // What is of no known form is passed over: where bytes are missing then, the terminal is attached again.
  function onScreen(raw: unknown): void {
    const { data: screen } = terminalEventSchemas['terminal:screen'].safeParse(raw);
    if (screen !== undefined) each(screen.terminalId, (events) => events.onScreen(screen));
  }
  function onSize(raw: unknown): void {
    const { data: size } = terminalEventSchemas['terminal:size'].safeParse(raw);
    if (size !== undefined) each(size.terminalId, (events) => events.onSize(size));
  }
  function onExit(raw: unknown): void {
    const { data: exit } = terminalEventSchemas['terminal:exit'].safeParse(raw);
    if (exit !== undefined) each(exit.terminalId, (events) => events.onExit(exit));
  }

  /** Whether calls can be made now, by the channel or in its place by the session's connection. */
  function look(): void {
    const now = channel.state() === 'open' || (channel.state() === 'fallback' && socket.connected);
    if (now === connected) return;
    connected = now;
    for (const listener of [...connectionListeners]) listener(now);
  }

  const channel = createTerminalChannel({
    ...where,
    onState(state) {
      look();
      if (state === 'opening') return;
      for (const decided of undecided.splice(0)) decided();
    },
    onOutput,
    onEvent({ event, message }) {
      switch (event) {
        case 'terminal:screen':
          return onScreen(message);
        case 'terminal:size':
          return onSize(message);
        case 'terminal:exit':
          return onExit(message);
      }
    },
  });

  // socket.io hands browsers an ArrayBuffer where Node.js gets a Buffer.
  socket.on('terminal:output', (raw) => {
    const { data: output } = terminalOutputSchema.safeParse(raw);
    if (output !== undefined) onOutput(output);
  });
  socket.on('terminal:screen', onScreen);
  socket.on('terminal:size', onSize);
  socket.on('terminal:exit', onExit);
  socket.on('connect', look);
  socket.on('disconnect', look);
  // The two connections are made side by side: a terminal need not wait for one after the other.
  socket.io.on('open', channel.start);
  socket.io.on('close', channel.stop);

  async function call<C extends SessionCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>> {
    // What opens a terminal is attached to it: that must be the connection that carries it from then on.
    if (channel.state() === 'opening') await new Promise<void>((decided) => undecided.push(decided));
    if (channel.state() === 'open' && isTerminalCall(name)) return channel.call(name, request as never);
    if (channel.state() === 'fallback' || !isTerminalCall(name)) return connection.call(name, request);
    throw new ApiError('NETWORK', (where.texts ?? ENGLISH).noConnection);
  }

  return {
    isConnected: () => connected,
    call,
    ack(terminalId, offset) {
      if (channel.state() === 'open') channel.ack(terminalId, offset);
      else if (channel.state() === 'fallback' && socket.connected) socket.emit('terminal:ack', { terminalId, offset });
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

/** Resolves when calls can be made. */
export function connected(link: Pick<TerminalLink, 'isConnected' | 'onConnection'>): Promise<void> {
  if (link.isConnected()) return Promise.resolve();
  return new Promise((resolve) => {
    const unsubscribe = link.onConnection((now) => {
      if (!now) return;
      unsubscribe();
      resolve();
    });
  });
}

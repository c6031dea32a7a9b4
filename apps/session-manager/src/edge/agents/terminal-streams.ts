/** The terminal hosts' streams, one for each host that can bring one: opened when its agent is there, and again after each break. */
import type { Socket } from 'node:net';
import {
  type AgentAnswer,
  type AgentHello,
  DrydockError,
  type StreamAnswer,
  type StreamCallName,
  type StreamEvent,
  type StreamRequest,
  streamCalls,
} from '@drydock/protocol';
import { createBackoff, type Logger } from '@drydock/service-kit';
import type { TerminalRelay, TerminalRelayDeps } from '../../relay/terminal-relay-types.ts';
import type { AgentConnections } from './agent-connections.ts';
import type { AgentStreams } from './agent-streams.ts';
import { createTerminalStream, type TerminalStream } from './terminal-stream.ts';

/** Between attempts to get a stream while the host's agent is there (ms). */
const RETRY = { minMs: 50, maxMs: 2000 };
/** A call waits this long (ms) for a stream that is being opened; then its caller tries again. */
const OPEN_WAIT_MS = 5000;

export interface TerminalStreams {
  /** A host's agent is there: opens the stream unless it is open, or forgets it when that agent's host brings none. */
  onHello(host: string, hello: AgentHello): void;
  /** Whether the host's viewers attach and type by a stream. */
  carries(host: string): boolean;
  /** @throws DrydockError HOST_UNAVAILABLE when no stream is there in time; the terminal host's own error. */
  call<C extends StreamCallName>(host: string, name: C, request: StreamRequest<C>): Promise<StreamAnswer<C>>;
  /** Lost silently while there is no stream. */
  ack(host: string, ack: { viewerId: string; offset: number }): void;
  /** Resolves when all that the host has sent to viewers by now was heard. */
  settled(host: string): Promise<void>;
  /** Ends a host's stream: it is no host of ours any more. */
  drop(host: string): void;
  close(): void;
}

export interface TerminalStreamsDeps {
  streams: Pick<AgentStreams, 'openTerminals'>;
  /** Whether the host's agent is there, without whom no stream can be asked for. */
  isConnected(host: string): boolean;
  /** A stream is there: viewers of the host's terminals can be attached by it. */
  onOpen(host: string): void;
  onEvent(host: string, event: StreamEvent, data: Uint8Array): void;
  logger: Logger;
}

interface Entry {
  stream?: TerminalStream;
  /** Somebody sees to it that there is a stream. */
  kept: boolean;
  dropped: boolean;
  /** Callers that wait for a stream. */
  waiting: Set<() => void>;
}

/** Builds an empty table. */
export function createTerminalStreams(deps: TerminalStreamsDeps): TerminalStreams {
  const { streams, isConnected, onOpen, onEvent, logger } = deps;
  const hosts = new Map<string, Entry>();
  let closed = false;

  async function serve(host: string, entry: Entry, socket: Socket): Promise<void> {
    const stream = createTerminalStream(socket, {
      logger: logger.child({ host }),
      onEvent: (event, data) => onEvent(host, event, data),
    });
    if (entry.dropped || closed) stream.close();
    entry.stream = stream;
    for (const wake of entry.waiting) wake();
    onOpen(host);
    await stream.closed;
    delete entry.stream;
  }

  async function keep(host: string, entry: Entry): Promise<void> {
    const backoff = createBackoff(RETRY);
    entry.kept = true;
    while (!entry.dropped && !closed && isConnected(host)) {
      try {
        const socket = await streams.openTerminals(host);
        backoff.reset();
        await serve(host, entry, socket);
      } catch (error) {
        logger.warn({ err: error, host }, 'no terminal stream');
        await new Promise((resolve) => setTimeout(resolve, backoff.next()));
      }
    }
    entry.kept = false;
  }

  async function streamOf(host: string): Promise<TerminalStream> {
    const entry = hosts.get(host);
    if (entry?.stream === undefined && entry?.kept) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          entry.waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, OPEN_WAIT_MS);
        entry.waiting.add(wake);
      });
    }
    if (entry?.stream === undefined) throw new DrydockError('HOST_UNAVAILABLE');
    return entry.stream;
  }

  function drop(host: string): void {
    const entry = hosts.get(host);
    if (entry === undefined) return;
    hosts.delete(host);
    entry.dropped = true;
    entry.stream?.close();
  }

  return {
    onHello(host, { terminalStream }) {
      if (terminalStream !== true) return drop(host);
      const entry = hosts.get(host) ?? { kept: false, dropped: false, waiting: new Set() };
      hosts.set(host, entry);
      if (!entry.kept) void keep(host, entry);
    },
    carries: (host) => hosts.has(host),
    call(host, name, request) {
      const stream = hosts.get(host)?.stream;
      // Without a turn of the event loop in between: calls keep their order.
      if (stream !== undefined) return stream.call(name, request);
      return streamOf(host).then((opened) => opened.call(name, request));
    },
    ack: (host, ack) => hosts.get(host)?.stream?.ack(ack),
    async settled(host) {
      await hosts
        .get(host)
        ?.stream?.call('ping', {})
        .catch(() => undefined);
    },
    drop,
    close() {
      closed = true;
      for (const host of [...hosts.keys()]) drop(host);
    },
  };
}

/** How the relay reaches hosts: by a host's stream what streams carry, where it has one, and by its agent's link all else. */
export function streamFirst(
  streams: TerminalStreams,
  connections: Pick<AgentConnections, 'send' | 'sendAck'>,
): Pick<TerminalRelayDeps, 'sendCommand' | 'sendAck' | 'hasStream'> {
  return {
    hasStream: streams.carries,
    sendCommand(host, name, request) {
      if (!Object.hasOwn(streamCalls, name) || !streams.carries(host)) return connections.send(host, name, request);
      return streams.call(host, name as StreamCallName, request as never) as Promise<AgentAnswer<typeof name>>;
    },
    sendAck(host, ack) {
      if (streams.carries(host)) streams.ack(host, ack);
      else connections.sendAck(host, ack);
    },
  };
}

/** Hands a stream's event to the relay. */
export function passStreamEvent(relay: TerminalRelay, host: string, event: StreamEvent, data: Uint8Array): void {
  switch (event.event) {
    case 'output':
      relay.onOutput(host, { viewerId: event.viewerId, offset: event.offset, data });
      break;
    case 'screen':
      relay.onScreen(host, event);
      break;
    case 'size':
      relay.onSize(host, event);
      break;
    case 'exit':
      relay.onExit(host, event);
  }
}

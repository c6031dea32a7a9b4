/** One connection to the terminal host, the agent's or a manager's stream: its calls, and the viewers that end with it. */
import { DrydockError, type ProcessHealth, streamCalls, toDrydockError } from '@drydock/protocol';
import { createFrameReader, encodeFrame, FrameError, type Logger } from '@drydock/service-kit';
import { z } from 'zod';
import {
  HOST_PROTOCOL_VERSION,
  type HostAnswer,
  type HostCallName,
  type HostEvent,
  type HostRequest,
  hostAckSchema,
  hostCallSchema,
  hostCalls,
  MAX_FRAME_BYTES,
} from './host-protocol.ts';
import type { TerminalRegistry } from './terminal-registry.ts';
import type { ViewerSink } from './viewer.ts';

/** Calls of one connection that wait for an answer (typing that a program does not read); more are refused. */
const MAX_OPEN_CALLS = 20_000;

export interface HostConnectionDeps {
  registry: TerminalRegistry;
  logger: Logger;
  /** Writes a message. What can wait may be written together with the next one, a moment later. */
  send(buffers: Uint8Array[], canWait?: boolean): void;
  /** Brings a manager's stream. Without it this connection is one, and calls only what streams may. */
  dial?(request: HostRequest<'manager.dial'>): Promise<void>;
  /** How this process fares. */
  health?(): ProcessHealth;
}

export interface HostConnection {
  /** Takes a chunk of the stream. @throws FrameError when the connection is of no further use. */
  receive(chunk: Buffer): void;
  event(event: HostEvent, bytes?: Uint8Array): void;
  /** The connection is gone: detaches its viewers. */
  close(): void;
}

/** Builds the host's end of one connection. */
export function createHostConnection({ registry, logger, send, dial, health }: HostConnectionDeps): HostConnection {
  /** viewerId -> terminalId */
  const viewers = new Map<string, string>();
  let openCalls = 0;
  let closed = false;

  function event(message: HostEvent, bytes?: Uint8Array): void {
    if (message.event === 'exit' && message.viewerId === undefined) {
      for (const [viewerId, terminalId] of viewers) if (terminalId === message.terminalId) viewers.delete(viewerId);
    }
    if (!closed) send(encodeFrame(message, bytes));
  }

  function sinkOf(terminalId: string, viewerId: string): ViewerSink {
    return {
      output: (offset, data) => event({ event: 'output', viewerId, offset }, data),
      screen: (screen, offset) => event({ event: 'screen', viewerId, offset, screen }),
      size: ({ cols, rows }, offset) => event({ event: 'size', terminalId, viewerId, offset, cols, rows }),
      exit: (exit) => event({ event: 'exit', terminalId, viewerId, ...exit }),
    };
  }

  function detach(viewerId: string): void {
    const terminalId = viewers.get(viewerId);
    viewers.delete(viewerId);
    if (terminalId !== undefined) registry.find(terminalId)?.detach(viewerId);
  }

  /** Each call's answer; `after` runs once the answer is on its way. */
  async function perform(
    name: HostCallName,
    raw: unknown,
    bytes: Uint8Array,
  ): Promise<{ answer: HostAnswer<HostCallName>; after?: () => void }> {
    switch (name) {
      case 'list':
        hostCalls.list.request.parse(raw);
        return {
          answer: {
            protocol: HOST_PROTOCOL_VERSION,
            terminals: registry.list(),
            dials: dial !== undefined,
            ...(health === undefined ? {} : { health: health() }),
          },
        };
      case 'manager.dial':
        await dial?.(hostCalls[name].request.parse(raw));
        return { answer: {} };
      case 'ping':
        return { answer: {} };
      case 'terminal.open':
        registry.open(hostCalls[name].request.parse(raw));
        return { answer: {} };
      case 'terminal.attach': {
        const { terminalId, viewerId, offset } = hostCalls[name].request.parse(raw);
        detach(viewerId);
        const terminal = registry.get(terminalId);
        viewers.set(viewerId, terminalId);
        const { result, start } = await terminal.attach(viewerId, offset, sinkOf(terminalId, viewerId));
        return { answer: result, after: start };
      }
      case 'terminal.detach':
        detach(hostCalls[name].request.parse(raw).viewerId);
        return { answer: {} };
      case 'terminal.input': {
        // The frame's bytes are a view of the socket's memory; the PTY may take them later.
        const data = Uint8Array.from(bytes);
        const request = hostCalls[name].request.parse({ ...(raw as object), data });
        await registry.get(request.terminalId).input(request);
        return { answer: {} };
      }
      case 'terminal.resize': {
        const { terminalId, cols, rows } = hostCalls[name].request.parse(raw);
        registry.get(terminalId).resize({ cols, rows });
        return { answer: {} };
      }
      case 'terminal.close':
        await registry.find(hostCalls[name].request.parse(raw).terminalId)?.close();
        return { answer: {} };
      case 'node.close':
        await registry.closeNode(hostCalls[name].request.parse(raw));
        return { answer: {} };
    }
  }

  async function call(id: number, name: HostCallName, request: unknown, bytes: Uint8Array): Promise<void> {
    try {
      if (openCalls >= MAX_OPEN_CALLS) throw new DrydockError('RATE_LIMITED');
      openCalls += 1;
      try {
        const { answer, after } = await perform(name, request, bytes);
        if (closed) return;
        // A key's answer is of no use before its echo, which is on its way.
        send(encodeFrame({ id, answer }), name === 'terminal.input');
        after?.();
      } finally {
        openCalls -= 1;
      }
    } catch (thrown) {
      const error =
        thrown instanceof z.ZodError
          ? new DrydockError('BAD_REQUEST', undefined, undefined, { cause: thrown })
          : toDrydockError(thrown);
      if (error.code === 'INTERNAL') logger.error({ err: error.cause, call: name }, 'a terminal call failed');
      if (!closed) send(encodeFrame({ id, error: error.toBody() }));
    }
  }

  const reader = createFrameReader(MAX_FRAME_BYTES, ({ header, bytes }) => {
    // Told apart before they are parsed: a parser that fails costs more than one that does not.
    if (typeof header === 'object' && header !== null && 'ack' in header) {
      const ack = hostAckSchema.safeParse(header);
      if (!ack.success) throw new FrameError('an acknowledgement of no known form');
      const { viewerId, offset } = ack.data.ack;
      const terminalId = viewers.get(viewerId);
      if (terminalId !== undefined) registry.find(terminalId)?.ack(viewerId, offset);
      return;
    }
    const message = hostCallSchema.safeParse(header);
    if (!message.success) throw new FrameError('a message of no known form');
    if (dial === undefined && !Object.hasOwn(streamCalls, message.data.call)) {
      throw new FrameError(`a stream that calls ${message.data.call}`);
    }
    void call(message.data.id, message.data.call, message.data.request, bytes);
  });

  return {
    receive: reader,
    event,
    close() {
      closed = true;
      for (const viewerId of [...viewers.keys()]) detach(viewerId);
    },
  };
}

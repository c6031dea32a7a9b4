/** The fixture agent's terminal host: speaks over a stream what streams carry, on the fixture's own terminals. */
import type { Duplex } from 'node:stream';
import { type StreamCallName, type StreamEvent, streamCalls, toDrydockError } from '@drydock/protocol';
import { createFrameReader, encodeFrame } from '@drydock/service-kit';
import type { createFixtureTerminals } from './fixture-terminals.ts';

export interface FixtureStreams {
  /** Serves a stream until it closes. */
  serve(socket: Duplex): void;
  /** Sends an event to a viewer that came by a stream. @returns false when none did. */
  emitTo(viewerId: string | undefined, event: StreamEvent, data?: Uint8Array): boolean;
  /** Cuts all streams. */
  cut(): void;
  count(): number;
}

/** Builds an empty set. */
export function createFixtureStreams(terminals: () => ReturnType<typeof createFixtureTerminals>): FixtureStreams {
  const sockets = new Set<Duplex>();
  const viewers = new Map<string, Duplex>();

  function write(socket: Duplex, header: object, data?: Uint8Array): void {
    for (const buffer of encodeFrame(header, data)) socket.write(buffer);
  }

  function run(name: StreamCallName, request: never): unknown {
    switch (name) {
      case 'terminal.attach':
        return terminals().attach(request);
      case 'terminal.detach':
        return terminals().detach(request);
      case 'terminal.input':
        return terminals().input(request);
      case 'ping':
        return {};
    }
  }

  function answer(socket: Duplex, header: unknown, bytes: Uint8Array): void {
    const { id, call, request } = header as { id?: number; call: StreamCallName; request: object };
    if (id === undefined) return;
    try {
      const data = call === 'terminal.input' ? { data: Uint8Array.from(bytes) } : {};
      const parsed = streamCalls[call].request.parse({ ...request, ...data });
      if (call === 'terminal.attach') viewers.set((parsed as { viewerId: string }).viewerId, socket);
      write(socket, { id, answer: run(call, parsed as never) });
    } catch (error) {
      write(socket, { id, error: toDrydockError(error).toBody() });
    }
  }

  return {
    serve(socket) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('end', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        for (const [viewerId, owner] of viewers) {
          if (owner === socket) terminals().detach({ viewerId });
        }
      });
      const read = createFrameReader(1024 * 1024, ({ header, bytes }) => answer(socket, header, bytes));
      socket.on('data', (chunk: Buffer) => read(chunk));
    },
    emitTo(viewerId, event, data) {
      const socket = viewerId === undefined ? undefined : viewers.get(viewerId);
      if (socket === undefined) return false;
      write(socket, event, data);
      return true;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    count: () => sockets.size,
  };
}

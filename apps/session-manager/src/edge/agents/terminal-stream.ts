/** One stream that a terminal host brought: calls with answers, acknowledgements, and the events of viewers in their order (D11). */
import type { Duplex } from 'node:stream';
import {
  DrydockError,
  errorFromBody,
  MAX_STREAM_FRAME_BYTES,
  type StreamAnswer,
  type StreamCallName,
  type StreamEvent,
  type StreamRequest,
  streamAnswerSchema,
  streamCalls,
  streamEventSchema,
} from '@drydock/protocol';
import { batchWrites, createFrameReader, encodeFrame, type Frame, type Logger } from '@drydock/service-kit';

/** Calls that wait for their answers (typing that no program reads); the terminal host takes as many. */
const MAX_OPEN_CALLS = 20_000;
/** Between two questions whether the other side lives (ms)... */
const PING_EVERY_MS = 5_000;
/** ...and silence after which it does not (ms). */
const SILENCE_MS = 12_000;
/** A terminal host that reads this little (bytes) does not live: all that it is sent is typed by people. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

export interface TerminalStream {
  call<C extends StreamCallName>(name: C, request: StreamRequest<C>): Promise<StreamAnswer<C>>;
  ack(ack: { viewerId: string; offset: number }): void;
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface TerminalStreamDeps {
  logger: Logger;
  /** `data` is a view of what the stream brought; nobody writes into it. */
  onEvent(event: StreamEvent, data: Uint8Array): void;
}

interface Waiting {
  name: StreamCallName;
  done(answer: unknown): void;
  fail(error: DrydockError): void;
}

/** Speaks over `socket` until it closes. */
export function createTerminalStream(socket: Duplex, { logger, onEvent }: TerminalStreamDeps): TerminalStream {
  const waiting = new Map<number, Waiting>();
  const batch = batchWrites(socket);
  let nextId = 1;
  let heardAt = Date.now();

  function write(header: object, bytes?: Uint8Array): void {
    if (socket.destroyed) return;
    batch();
    for (const buffer of encodeFrame(header, bytes)) socket.write(buffer);
    if (socket.writableLength > MAX_UNREAD_BYTES) socket.destroy(new Error('the terminal host does not read'));
  }

  function call<C extends StreamCallName>(name: C, request: StreamRequest<C>): Promise<StreamAnswer<C>> {
    if (socket.destroyed || waiting.size >= MAX_OPEN_CALLS) {
      return Promise.reject(new DrydockError('HOST_UNAVAILABLE'));
    }
    return new Promise((done, fail) => {
      const id = nextId;
      nextId += 1;
      waiting.set(id, { name, done: done as (answer: unknown) => void, fail });
      const { data, ...rest } = request as StreamRequest<C> & { data?: Uint8Array };
      write({ id, call: name, request: rest }, data);
    });
  }

  function onAnswer(header: unknown): void {
    const message = streamAnswerSchema.parse(header);
    const entry = waiting.get(message.id);
    waiting.delete(message.id);
    if (entry === undefined) return;
    if ('error' in message) {
      entry.fail(errorFromBody(message.error));
      return;
    }
    const answer = streamCalls[entry.name].answer.safeParse(message.answer);
    if (answer.success) entry.done(answer.data);
    else entry.fail(new DrydockError('INTERNAL', undefined, undefined, { cause: answer.error }));
  }

  function onFrame({ header, bytes }: Frame): void {
    if (typeof header === 'object' && header !== null && 'event' in header) {
      onEvent(streamEventSchema.parse(header), bytes);
    } else onAnswer(header);
  }

  const read = createFrameReader(MAX_STREAM_FRAME_BYTES, onFrame);
  socket.on('data', (chunk: Buffer) => {
    heardAt = Date.now();
    try {
      read(chunk);
    } catch (error) {
      logger.error({ err: error }, 'a terminal host sent what cannot be read');
      socket.destroy();
    }
  });
  socket.on('end', () => socket.destroy());
  socket.on('error', (error) => logger.warn({ err: error }, 'a terminal stream failed'));
  const heartbeat = setInterval(() => {
    if (Date.now() - heardAt > SILENCE_MS) socket.destroy(new Error('the terminal host is silent'));
    else call('ping', {}).catch(() => undefined);
  }, PING_EVERY_MS);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      clearInterval(heartbeat);
      for (const { fail } of waiting.values()) fail(new DrydockError('HOST_UNAVAILABLE'));
      waiting.clear();
      resolve();
    });
  });

  return {
    call,
    ack: (ack) => write({ ack }),
    closed,
    close: () => void socket.destroy(),
  };
}

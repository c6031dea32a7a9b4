/** The agent's end of the terminal host's socket: calls, events, and coming back after a break. */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DrydockError, errorFromBody, type ProcessHealth } from '@drydock/protocol';
import { createBackoff, createFrameReader, encodeFrame, type Frame, type Logger } from '@drydock/service-kit';
import {
  HOST_PROTOCOL_VERSION,
  type HostAnswer,
  type HostCallName,
  type HostEvent,
  type HostedTerminal,
  type HostRequest,
  hostAnswerSchema,
  hostCalls,
  hostEventSchema,
  MAX_FRAME_BYTES,
} from './host-protocol.ts';

/** Between attempts to reach the host (ms): it runs on the same machine and is restarted by the supervisor. */
const RETRY = { minMs: 50, maxMs: 2000 };

/** The host has so long to say how it fares (ms). */
const HEALTH_MS = 2000;

type EventOf<K extends HostEvent['event']> = Omit<Extract<HostEvent, { event: K }>, 'event'>;

export interface TerminalClientEvents {
  /** `data` is a view of what the socket brought; nobody writes into it. */
  onOutput(output: EventOf<'output'> & { data: Uint8Array }): void;
  onScreen(screen: EventOf<'screen'>): void;
  onSize(size: EventOf<'size'>): void;
  /** See agentExitSchema: with a viewer, its stream ended; without, the terminal is forgotten. */
  onExit(exit: EventOf<'exit'>): void;
  /** A connection was made; every viewer of an earlier one is detached. */
  onConnected?(terminals: HostedTerminal[]): void;
}

export interface TerminalClient {
  /** @throws DrydockError of the host, or HOST_UNAVAILABLE while there is no connection. */
  call<C extends HostCallName>(name: C, request: HostRequest<C>): Promise<HostAnswer<C>>;
  ack(ack: { viewerId: string; offset: number }): void;
  isConnected(): boolean;
  /** How often an established connection has ended. */
  breaks(): number;
  /** How the terminal host fares; nothing of one that is away or of an earlier release. */
  health(): Promise<ProcessHealth[]>;
  /** Resolves at the first connection. */
  ready(): Promise<void>;
  close(): void;
}

interface Waiting {
  name: HostCallName;
  done(answer: unknown): void;
  fail(error: DrydockError): void;
}

const away = () => new DrydockError('HOST_UNAVAILABLE', 'The terminals of this host are out of reach at the moment.');

/** The health in an answer; none of a host that is stuck, which must not keep the machine's own report, or of an earlier release. */
async function healthOf(asked: Promise<HostAnswer<'list'>>): Promise<ProcessHealth[]> {
  const answered = asked.catch(() => undefined);
  const answer = await Promise.race([answered, pause(HEALTH_MS, undefined, { ref: false })]);
  return answer?.health === undefined ? [] : [answer.health];
}

/** Connects, and connects again after every break, until `close`. */
export function createTerminalClient(socketPath: string, logger: Logger, events: TerminalClientEvents): TerminalClient {
  const backoff = createBackoff(RETRY);
  const viewers = new Set<string>();
  const known = new Set<string>();
  let waiting = new Map<number, Waiting>();
  let nextId = 1;
  let socket: Socket | undefined;
  let connected = false;
  let breaks = 0;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let becameReady: () => void;
  const whenReady = new Promise<void>((resolve) => {
    becameReady = resolve;
  });

  function write(header: object, bytes?: Uint8Array): void {
    socket?.cork();
    for (const buffer of encodeFrame(header, bytes)) socket?.write(buffer);
    socket?.uncork();
  }

  function send<C extends HostCallName>(name: C, request: HostRequest<C>): Promise<HostAnswer<C>> {
    return new Promise((resolve, fail) => {
      const id = nextId;
      nextId += 1;
      waiting.set(id, { name, done: resolve as (answer: unknown) => void, fail });
      const { data, ...rest } = request as HostRequest<C> & { data?: Uint8Array };
      write({ id, call: name, request: rest }, data);
    });
  }

  function onEvent(message: HostEvent, bytes: Uint8Array): void {
    switch (message.event) {
      case 'output':
        if (viewers.has(message.viewerId)) {
          events.onOutput({ viewerId: message.viewerId, offset: message.offset, data: bytes });
        }
        return;
      case 'screen':
        if (viewers.has(message.viewerId)) events.onScreen(message);
        return;
      case 'size':
        if (viewers.has(message.viewerId)) events.onSize(message);
        return;
      case 'exit':
        if (message.viewerId === undefined) known.delete(message.terminalId);
        else if (!viewers.has(message.viewerId)) return;
        events.onExit(message);
        return;
    }
  }

  function onFrame({ header, bytes }: Frame): void {
    if (typeof header === 'object' && header !== null && 'event' in header) {
      onEvent(hostEventSchema.parse(header), bytes);
      return;
    }
    const message = hostAnswerSchema.parse(header);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (call === undefined) return;
    if ('error' in message) {
      call.fail(errorFromBody(message.error));
    } else {
      const answer = hostCalls[call.name].answer.safeParse(message.answer);
      if (answer.success) call.done(answer.data);
      else call.fail(new DrydockError('INTERNAL', undefined, undefined, { cause: answer.error }));
    }
  }

  function onClose(): void {
    socket = undefined;
    if (connected && !closed) breaks += 1;
    connected = false;
    viewers.clear();
    const lost = waiting;
    waiting = new Map();
    for (const call of lost.values()) call.fail(away());
    if (!closed) retry = setTimeout(open, backoff.next());
  }

  async function greet(): Promise<void> {
    const { protocol, terminals } = await send('list', { protocol: HOST_PROTOCOL_VERSION });
    if (protocol !== HOST_PROTOCOL_VERSION) {
      logger.error({ protocol }, 'the terminal host is of another version; restart it (its terminals end)');
      socket?.destroy();
      return;
    }
    connected = true;
    backoff.reset();
    const alive = new Set(terminals.map((terminal) => terminal.terminalId));
    // A host that died took its shells with it.
    for (const terminalId of known) if (!alive.has(terminalId)) events.onExit({ terminalId, exitCode: -1 });
    known.clear();
    for (const terminalId of alive) known.add(terminalId);
    becameReady();
    events.onConnected?.(terminals);
  }

  function open(): void {
    const attempt = connect(socketPath);
    socket = attempt;
    const read = createFrameReader(MAX_FRAME_BYTES, onFrame);
    attempt.on('connect', () => {
      greet().catch(() => attempt.destroy());
    });
    attempt.on('data', (chunk) => {
      try {
        read(chunk);
      } catch (error) {
        logger.error({ err: error }, 'the terminal host sent what cannot be read');
        attempt.destroy();
      }
    });
    attempt.on('error', (error) => logger.debug({ err: error }, 'the terminal host is out of reach'));
    attempt.on('close', onClose);
  }

  open();

  return {
    async call(name, request) {
      if (!connected) throw away();
      if (name === 'terminal.attach') viewers.add((request as HostRequest<'terminal.attach'>).viewerId);
      if (name === 'terminal.detach') viewers.delete((request as HostRequest<'terminal.detach'>).viewerId);
      const answer = await send(name, request);
      if (name === 'terminal.open') known.add((request as HostRequest<'terminal.open'>).terminalId);
      return answer;
    },
    ack(ack) {
      if (connected) write({ ack });
    },
    isConnected: () => connected,
    breaks: () => breaks,
    health: async () => (connected ? healthOf(send('list', { protocol: HOST_PROTOCOL_VERSION })) : []),
    ready: () => whenReady,
    close() {
      closed = true;
      clearTimeout(retry);
      socket?.destroy();
    },
  };
}

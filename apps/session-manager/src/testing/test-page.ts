/** A workbench without a browser: comes back after every break, draws at offsets, types each key once, and notes what must not be. */
import { SESSION_NAMESPACE, type SessionChange, type SessionSnapshot } from '@drydock/protocol';
import { io } from 'socket.io-client';
import { newId } from '../model/links.ts';

/** A call that is not answered in this time is made again (ms). */
const CALL_MS = 5000;
const RETRY_MS = 50;

export interface TestPage {
  /** Opens a terminal on a node and draws it from now on. */
  openTerminal(node: string): Promise<string>;
  /** Draws a terminal that is there, from its first byte. */
  watch(terminalId: string): void;
  /** Types, after all that was typed before; resolves when the terminal has it, over however many connections. */
  type(terminalId: string, text: string): Promise<void>;
  /** All that was drawn of a terminal. */
  drawn(terminalId: string): string;
  /** Changes since the last snapshot, and that snapshot. */
  readonly changes: readonly SessionChange[];
  readonly snapshot: SessionSnapshot | undefined;
  /** Gaps, overlaps and refusals; a good run has none. */
  readonly faults: readonly string[];
  readonly connections: number;
  ended(): string | undefined;
  close(): void;
}

interface AttachAnswer {
  offset: number;
  screen?: string;
  error?: { code: string; retry: string };
}

interface Drawn {
  text: string;
  offset: number;
  isAttached: boolean;
  writer: string;
  seq: number;
  last: Promise<void>;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, RETRY_MS));

/** Connects at once, and again after each break until `close`. */
export function openTestPage(options: { origin: string; sessionId: string; token: string }): TestPage {
  const { origin, sessionId, token } = options;
  const terminals = new Map<string, Drawn>();
  const faults: string[] = [];
  let changes: SessionChange[] = [];
  let snapshot: SessionSnapshot | undefined;
  let seq = 0;
  let connections = 0;
  let ended: string | undefined;
  let closed = false;
  const socket = io(`${origin}${SESSION_NAMESPACE}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: RETRY_MS,
    reconnectionDelayMax: RETRY_MS * 4,
    auth: { sessionId, token },
  });

  /** Makes a call until it is answered with something other than "try again". */
  async function call(name: string, request: object): Promise<Record<string, unknown>> {
    while (!closed) {
      const answer = await socket
        .timeout(CALL_MS)
        .emitWithAck(name, request)
        .catch(() => undefined);
      if (answer !== undefined && answer.error === undefined) return answer;
      const again = answer === undefined || ['later', 'now'].includes(answer.error.retry);
      if (!again) throw new Error(`${name}: ${answer.error.code}`);
      await pause();
    }
    throw new Error('closed');
  }

  /** Bytes of an earlier attach may come until the answer (T-3): they come again after it, and are not looked at. */
  function attach(terminalId: string): void {
    const drawn = terminals.get(terminalId);
    if (drawn === undefined || !socket.connected) return;
    const at = connections;
    drawn.isAttached = false;
    const request = { terminalId, offset: drawn.offset };
    // A callback, since bytes may follow the answer in the same turn.
    socket.timeout(CALL_MS).emit('terminal:attach', request, (failed: Error | null, answer?: AttachAnswer) => {
      if (at !== connections || closed) return;
      if (failed !== null || answer === undefined || ['later', 'now'].includes(answer.error?.retry ?? '')) {
        setTimeout(() => at === connections && attach(terminalId), RETRY_MS);
      } else if (answer.error !== undefined) faults.push(`attach: ${answer.error.code}`);
      else {
        drawn.isAttached = true;
        // A screen stands for all before its offset.
        if (answer.screen !== undefined) drawn.offset = answer.offset;
      }
    });
  }

  socket.on('connect', () => {
    connections += 1;
  });
  socket.on('connect_error', (error) => {
    const { data } = error as Error & { data?: { code?: string } };
    if (data?.code === undefined) return;
    if (data.code === 'SESSION_NOT_FOUND') faults.push('refused: SESSION_NOT_FOUND');
    setTimeout(() => !closed && socket.connect(), RETRY_MS);
  });
  socket.on('disconnect', (reason) => {
    if (reason === 'io server disconnect' && ended === undefined && !closed) socket.connect();
  });
  socket.on('session:snapshot', (given: SessionSnapshot) => {
    snapshot = given;
    seq = given.seq;
    changes = [];
    for (const terminalId of terminals.keys()) attach(terminalId);
  });
  socket.on('session:change', (event: { seq: number; change: SessionChange }) => {
    seq += 1;
    if (event.seq !== seq) faults.push(`change ${event.seq} after ${seq - 1}`);
    changes.push(event.change);
  });
  socket.on('session:ended', ({ reason }) => {
    ended = reason;
  });
  socket.on('terminal:output', ({ terminalId, offset, data }: { terminalId: string; offset: number; data: Buffer }) => {
    const drawn = terminals.get(terminalId);
    if (drawn === undefined || !drawn.isAttached) return;
    if (offset !== drawn.offset) faults.push(`bytes at ${offset}, drawn until ${drawn.offset}`);
    drawn.text += Buffer.from(data).toString();
    drawn.offset = offset + data.length;
    socket.emit('terminal:ack', { terminalId, offset: drawn.offset });
  });

  socket.on('terminal:screen', ({ terminalId, offset }: { terminalId: string; offset: number }) => {
    const drawn = terminals.get(terminalId);
    if (drawn?.isAttached) drawn.offset = offset;
  });

  function watch(terminalId: string): void {
    const typing = { writer: newId('w', 15), seq: 0, last: Promise.resolve() };
    terminals.set(terminalId, { text: '', offset: 0, isAttached: false, ...typing });
    attach(terminalId);
  }

  return {
    async openTerminal(node) {
      const { terminalId } = await call('terminal:open', { node, cols: 80, rows: 24 });
      watch(String(terminalId));
      return String(terminalId);
    },
    watch,
    type(terminalId, text) {
      const drawn = terminals.get(terminalId);
      if (drawn === undefined) return Promise.reject(new Error('not watched'));
      drawn.seq += 1;
      const request = { terminalId, writer: drawn.writer, seq: drawn.seq, data: Buffer.from(text) };
      drawn.last = drawn.last.then(async () => void (await call('terminal:input', request)));
      return drawn.last;
    },
    drawn: (terminalId) => terminals.get(terminalId)?.text ?? '',
    get changes() {
      return changes;
    },
    get snapshot() {
      return snapshot;
    },
    get connections() {
      return connections;
    },
    faults,
    ended: () => ended,
    close() {
      closed = true;
      socket.disconnect();
    },
  };
}

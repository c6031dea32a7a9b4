/** A workbench without a browser: comes back after every break, draws at offsets, types each key once, and notes what must not be. */
import {
  type AttachmentPhase,
  createAcks,
  createSessionConnection,
  createTerminalAttachment,
  createTerminalInput,
  createTerminalLink,
  isFinal,
  type TerminalInput,
} from '@drydock/client';
import type { SessionChange, SessionId, SessionSnapshot } from '@drydock/protocol';
import { io } from 'socket.io-client';
import { newId } from '../model/links.ts';

/** Between two attempts of a call that may come again (ms). */
const RETRY_MS = 50;
/** Typing that may wait (bytes): a test's own, whatever breaks. */
const MAX_WAITING = 1024 * 1024;

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

interface Drawn {
  text: string;
  input: TerminalInput;
  /** Called when nothing waits to be typed any more. */
  typed: (() => void)[];
}

const pause = () => new Promise((resolve) => setTimeout(resolve, RETRY_MS));

/** Connects at once, and again after each break until `close`. */
export function openTestPage(options: { origin: string; sessionId: SessionId; token: string }): TestPage {
  const { origin, sessionId, token } = options;
  const terminals = new Map<string, Drawn>();
  const faults: string[] = [];
  let changes: SessionChange[] = [];
  let snapshot: SessionSnapshot | undefined;
  let seq = 0;
  let connections = 0;
  let ended: string | undefined;
  let closed = false;
  const place = { server: origin, sessionId, token };
  const connection = createSessionConnection({
    ...place,
    connect: io,
    sink: {
      connection(now) {
        if (now.kind === 'refused') faults.push(`refused: ${now.code}`);
        if (now.kind === 'ended') ended = now.reason;
      },
      snapshot(given) {
        connections += 1;
        snapshot = given;
        seq = given.seq;
        changes = [];
      },
      change: ({ change }) => changes.push(change),
    },
  });
  // As they come: the connection itself answers a gap by a new snapshot, which would hide it here.
  connection.socket.on('session:change', (event) => {
    seq += 1;
    if (event.seq !== seq) faults.push(`change ${event.seq} after ${seq - 1}`);
  });
  // The session's connection carries the terminals: the plain socket has tests of its own.
  const link = createTerminalLink({ ...place, connection, openSocket: null });
  connection.start();

  /** Opens a terminal, over however many connections. */
  async function open(node: string): Promise<string> {
    while (!closed) {
      try {
        return (await link.call('terminal:open', { node, cols: 80, rows: 24 })).terminalId;
      } catch (error) {
        if (isFinal(error)) throw error;
        await pause();
      }
    }
    throw new Error('closed');
  }

  function watch(terminalId: string): void {
    let received = 0;
    let early = false;
    const acks = createAcks((offset) => link.ack(terminalId, offset));
    const typed: (() => void)[] = [];
    const input = createTerminalInput({
      newWriter: () => newId('w', 15),
      send: (piece) => link.call('terminal:input', { terminalId, ...piece }),
      onChange() {
        if (input.waitingBytes() === 0) for (const done of typed.splice(0)) done();
      },
    });
    const drawn: Drawn = { text: '', input, typed };
    terminals.set(terminalId, drawn);
    const onPhase = (phase: AttachmentPhase) => {
      if (phase.kind === 'live') {
        // What came before the attach's answer is handed on with it, and may be of an earlier attach (T-3).
        early = true;
        queueMicrotask(() => {
          early = false;
        });
        input.open();
        return;
      }
      input.close();
      if (phase.kind === 'gone') faults.push(`attach: ${phase.code}`);
    };
    createTerminalAttachment(terminalId, link, {
      received: () => received,
      begin({ offset, screen }) {
        if (screen === undefined && offset !== received) faults.push(`attached at ${offset}, drawn until ${received}`);
        // A screen stands for all before its offset.
        received = offset;
        acks.begin(offset);
        return true;
      },
      output({ offset, data }) {
        if (offset > received || (offset < received && !early))
          faults.push(`bytes at ${offset}, drawn until ${received}`);
        const fresh = data.subarray(Math.min(data.byteLength, Math.max(0, received - offset)));
        drawn.text += Buffer.from(fresh).toString();
        received = Math.max(received, offset + data.byteLength);
        acks.drawn(received);
        return true;
      },
      screen({ offset }) {
        received = offset;
      },
      size: () => undefined,
      exit: () => undefined,
      phase: onPhase,
    }).attach();
  }

  return {
    async openTerminal(node) {
      const terminalId = await open(node);
      watch(terminalId);
      return terminalId;
    },
    watch,
    type(terminalId, text) {
      const drawn = terminals.get(terminalId);
      if (drawn === undefined) return Promise.reject(new Error('not watched'));
      if (!drawn.input.push(Buffer.from(text), MAX_WAITING)) return Promise.reject(new Error('too much waits'));
      return new Promise((resolve) => drawn.typed.push(resolve));
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
      connection.dispose();
    },
  };
}

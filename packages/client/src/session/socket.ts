/** What is needed of the sockets that a caller brings: socket.io's for a session, a plain WebSocket for bytes. */
import type { SessionCall, SessionClientEvents, SessionId, SessionServerEvents } from '@drydock/protocol';

/** A socket of socket.io-client, as far as it is used. */
export interface SessionSocket {
  readonly connected: boolean;
  readonly io: {
    /** The engine below: closing it is a break of the connection, after which a new one may be made. */
    readonly engine?: { close(): unknown };
    on(event: 'open' | 'close', listener: () => void): unknown;
  };
  connect(): unknown;
  disconnect(): unknown;
  on<E extends keyof SessionServerEvents>(event: E, listener: SessionServerEvents[E]): unknown;
  on(event: 'connect' | 'disconnect', listener: () => void): unknown;
  on(event: 'connect_error', listener: (error: Error) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
  emit(event: 'terminal:ack', ...ack: Parameters<SessionClientEvents['terminal:ack']>): unknown;
  emit(event: 'session:ping', request: object, answered: () => void): unknown;
  timeout(ms: number): { emitWithAck(call: SessionCall, request: unknown): Promise<unknown> };
}

/** How such a socket is made: never by polling, and back after a break by this client's own pace. */
export interface SessionSocketOptions {
  path: string;
  auth: { sessionId: SessionId; token?: string };
  transports: ['websocket'];
  reconnection: false;
  autoConnect: false;
  forceNew: true;
}

/** Makes a socket that is not connected yet: `io` of socket.io-client, or that with headers of one's own. */
export type ConnectSession = (url: string, options: SessionSocketOptions) => SessionSocket;

/** A WebSocket, as far as it is used; browsers' own fits, and that of `ws`. */
export interface PlainSocket {
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
}

/** Opens a WebSocket: `(url) => new WebSocket(url)`. */
export type OpenSocket = (url: string) => PlainSocket;

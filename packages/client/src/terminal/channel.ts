/**
 * The plain WebSocket that carries a caller's terminals (T-20 on). It lives as long as the session's connection does and comes back within
 * it; where it cannot be had, the session's connection carries the terminals.
 */
import {
  type SessionCallAnswer,
  type SessionCallRequest,
  type SessionId,
  TERMINAL_CALLS,
  TERMINAL_SOCKET_PATH,
  type TerminalCall,
} from '@drydock/protocol';
import { reconnectDelay } from '../backoff.ts';
import { ApiError } from '../http/errors.ts';
import { type ClientTexts, ENGLISH } from '../http/texts.ts';
import type { OpenSocket, PlainSocket } from '../session/socket.ts';
import { createTerminalWire, type TerminalWireDeps } from './wire.ts';

/** A call without an answer for this long (ms) has failed, and the socket with it: its answers come in order. */
const CALL_TIMEOUT_MS = 20_000;
/** Between looks for calls without an answer (ms). */
const LOOK_MS = 1000;
/** A socket that is not open after this long (ms) will not be. */
const OPEN_TIMEOUT_MS = 4000;
/** Sockets in a row that brought nothing, after which the session's connection carries the terminals. */
const MAX_FAILURES = 2;

export function isTerminalCall(name: string): name is TerminalCall {
  return (TERMINAL_CALLS as readonly string[]).includes(name);
}

export type ChannelState =
  /** The session has no connection, or none is wanted. */
  | 'off'
  | 'opening'
  | 'open'
  /** It cannot be had: the session's connection is to be used. */
  | 'fallback';

export interface TerminalChannelDeps extends Pick<TerminalWireDeps, 'onOutput' | 'onEvent'> {
  /** Where the server is, with the path below which it lies. */
  server: string;
  sessionId: SessionId;
  /** The link's token; without one the browser's cookie speaks. */
  token: string | null;
  /** Null where no such socket can be had: the session's connection carries the terminals. */
  openSocket: OpenSocket | null;
  texts?: ClientTexts;
  onState(state: ChannelState): void;
}

export interface TerminalChannel {
  state(): ChannelState;
  /** The session's connection is there: opens the socket. */
  start(): void;
  /** The session's connection is gone. */
  stop(): void;
  /** @throws ApiError with the server's code, or `NETWORK` when no answer came. */
  call<C extends TerminalCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>>;
  ack(terminalId: string, offset: number): void;
}

/** Builds a channel that is off. */
export function createTerminalChannel(deps: TerminalChannelDeps): TerminalChannel {
  const { server, sessionId, token, openSocket, texts = ENGLISH, onState, onOutput, onEvent } = deps;
  const url = `${server.replace(/^http/, 'ws')}${TERMINAL_SOCKET_PATH}`;
  let state: ChannelState = 'off';
  let socket: PlainSocket | undefined;
  let failures = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let opening: ReturnType<typeof setTimeout> | undefined;
  let look: ReturnType<typeof setInterval> | undefined;

  const wire = createTerminalWire({
    send: (data) => socket?.send(data),
    onOutput,
    onEvent,
    unreadable: texts.unreadable,
  });
  const away = () => new ApiError('NETWORK', texts.noAnswer);

  function become(next: ChannelState): void {
    if (next === state) return;
    state = next;
    onState(next);
  }

  function leave(): void {
    clearTimeout(retry);
    clearTimeout(opening);
    clearInterval(look);
    const left = socket;
    socket = undefined;
    if (left !== undefined) {
      left.onopen = left.onmessage = left.onclose = null;
      left.close();
    }
    wire.fail(away());
  }

  function broke(): void {
    leave();
    failures += 1;
    if (openSocket === null || failures >= MAX_FAILURES) {
      become('fallback');
      return;
    }
    become('opening');
    retry = setTimeout(dial, reconnectDelay(failures - 1), openSocket);
  }

  function dial(open: OpenSocket): void {
    const made = open(url);
    socket = made;
    made.binaryType = 'arraybuffer';
    opening = setTimeout(broke, OPEN_TIMEOUT_MS);
    made.onopen = () => {
      clearTimeout(opening);
      wire.admit(sessionId, token);
      look = setInterval(lookForDead, LOOK_MS);
      become('open');
    };
    made.onmessage = ({ data }) => {
      failures = 0;
      wire.receive(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer));
    };
    made.onclose = broke;
    made.onerror = () => undefined;
  }

  function lookForDead(): void {
    const since = wire.waitingSince();
    if (since !== undefined && Date.now() - since > CALL_TIMEOUT_MS) broke();
  }

  return {
    state: () => state,
    start() {
      if (state !== 'off') return;
      failures = 0;
      if (openSocket === null) return become('fallback');
      become('opening');
      dial(openSocket);
    },
    stop() {
      leave();
      become('off');
    },
    call: (name, request) => (state === 'open' ? wire.call(name, request) : Promise.reject(away())),
    ack(terminalId, offset) {
      if (state === 'open') wire.ack(terminalId, offset);
    },
  };
}

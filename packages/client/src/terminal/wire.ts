/** One open terminal socket: numbers calls, settles their answers, hands on what comes (docs/PROTOCOL.md, T-20). It knows no breaks. */
import {
  decodeTerminalFrame,
  encodeTerminalFrame,
  offsetSchema,
  type SessionCallAnswer,
  type SessionCallRequest,
  type SessionId,
  sessionCalls,
  type TerminalCall,
  type TerminalFrame,
  type TerminalInput,
  type TerminalOutput,
} from '@drydock/protocol';
import { ApiError, errorBodyOf, errorOf } from '../http/errors.ts';
import { ENGLISH } from '../http/texts.ts';

export interface TerminalWireDeps {
  send(data: string | Uint8Array<ArrayBuffer>): void;
  onOutput(output: TerminalOutput): void;
  /** An event's name and message as they came. */
  onEvent(event: { event: string; message: unknown }): void;
  /** Of an answer that is of no known form. */
  unreadable?: string;
}

export interface TerminalWire {
  /** The first message: who asks (T-21). */
  admit(sessionId: SessionId, token: string | null): void;
  /** @throws ApiError with the server's code, or what `fail` was given. */
  call<C extends TerminalCall>(name: C, request: SessionCallRequest<C>): Promise<SessionCallAnswer<C>>;
  ack(terminalId: string, offset: number): void;
  /** Takes a message as it came: text, or a binary frame. */
  receive(message: string | Uint8Array): void;
  /** The socket is gone: no call is answered any more. */
  fail(error: ApiError): void;
  /** When the call was made that waits the longest (ms since the epoch); answers come in order. */
  waitingSince(): number | undefined;
}

interface Waiting {
  read(answer: unknown): { success: boolean; data?: unknown };
  done(answer: unknown): void;
  fail(error: ApiError): void;
  since: number;
}

/** Builds it over a socket that is open. */
export function createTerminalWire({
  send,
  onOutput,
  onEvent,
  unreadable = ENGLISH.unreadable,
}: TerminalWireDeps): TerminalWire {
  /** In the order of the calls. */
  const waiting = new Map<number, Waiting>();
  let nextCall = 1;

  function settle(call: number): Waiting | undefined {
    const entry = waiting.get(call);
    waiting.delete(call);
    return entry;
  }

  function onAnswer(call: number, message: object): void {
    const entry = settle(call);
    if (entry === undefined) return;
    const error = errorBodyOf(message);
    const { success, data } = entry.read('answer' in message ? message.answer : undefined);
    if (error !== null) entry.fail(errorOf(error));
    else if (success) entry.done(data);
    else entry.fail(new ApiError('UNREADABLE', unreadable));
  }

  /** What is of no known form is passed over: a call that it may have answered fails in its time. */
  function onText(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof message !== 'object' || message === null) return;
    if ('event' in message && typeof message.event === 'string' && 'message' in message)
      onEvent({ event: message.event, message: message.message });
    else if ('call' in message && typeof message.call === 'number') onAnswer(message.call, message);
  }

  function onFrame(frame: TerminalFrame | undefined): void {
    if (frame?.kind === 'output' && offsetSchema.safeParse(frame.output.offset).success) onOutput(frame.output);
    else if (frame?.kind === 'taken') settle(frame.call)?.done({});
  }

  return {
    admit: (sessionId, token) => send(JSON.stringify({ sessionId, ...(token === null ? {} : { token }) })),
    call: (name, request) =>
      new Promise((done, fail) => {
        const call = nextCall;
        nextCall = (nextCall + 1) % 2 ** 32;
        const read = (answer: unknown) => sessionCalls[name].answer.safeParse(answer);
        waiting.set(call, { read, done: done as (answer: unknown) => void, fail, since: Date.now() });
        if (name === 'terminal:input') {
          send(encodeTerminalFrame({ kind: 'input', call, input: request as TerminalInput }));
        } else send(JSON.stringify({ call, name, request }));
      }),
    ack: (terminalId, offset) => send(encodeTerminalFrame({ kind: 'ack', ack: { terminalId, offset } })),
    receive(message) {
      if (typeof message === 'string') onText(message);
      else onFrame(decodeTerminalFrame(message));
    },
    fail(error) {
      const lost = [...waiting.values()];
      waiting.clear();
      for (const call of lost) call.fail(error);
    },
    waitingSince() {
      const [first] = waiting.values();
      return first?.since;
    },
  };
}

/** One open terminal socket: numbers calls, settles their answers, hands on what comes (docs/PROTOCOL.md, T-20). It knows no breaks. */
import {
  decodeTerminalFrame,
  encodeTerminalFrame,
  type SessionCallAnswer,
  type SessionCallRequest,
  type SessionId,
  type TerminalCall,
  type TerminalFrame,
  type TerminalInput,
  type TerminalOutput,
  type TerminalSocketText,
} from '@drydock/protocol';
import { type ApiError, errorOf } from '../http/errors.ts';

export interface TerminalWireDeps {
  send(data: string | Uint8Array<ArrayBuffer>): void;
  onOutput(output: TerminalOutput): void;
  onEvent(event: Extract<TerminalSocketText, { event: string }>): void;
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
  done(answer: unknown): void;
  fail(error: ApiError): void;
  since: number;
}

/** Builds it over a socket that is open. */
export function createTerminalWire({ send, onOutput, onEvent }: TerminalWireDeps): TerminalWire {
  /** In the order of the calls. */
  const waiting = new Map<number, Waiting>();
  let nextCall = 1;

  function settle(call: number): Waiting | undefined {
    const entry = waiting.get(call);
    waiting.delete(call);
    return entry;
  }

  function onText(message: TerminalSocketText): void {
    if ('event' in message) onEvent(message);
    else if ('error' in message) settle(message.call)?.fail(errorOf(message.error));
    else settle(message.call)?.done(message.answer);
  }

  function onFrame(frame: TerminalFrame | undefined): void {
    if (frame?.kind === 'output') onOutput(frame.output);
    else if (frame?.kind === 'taken') settle(frame.call)?.done({});
  }

  return {
    admit: (sessionId, token) => send(JSON.stringify({ sessionId, ...(token === null ? {} : { token }) })),
    call: (name, request) =>
      new Promise((done, fail) => {
        const call = nextCall;
        nextCall = (nextCall + 1) % 2 ** 32;
        waiting.set(call, { done: done as (answer: unknown) => void, fail, since: Date.now() });
        if (name === 'terminal:input') {
          send(encodeTerminalFrame({ kind: 'input', call, input: request as TerminalInput }));
        } else send(JSON.stringify({ call, name, request }));
      }),
    ack: (terminalId, offset) => send(encodeTerminalFrame({ kind: 'ack', ack: { terminalId, offset } })),
    receive(message) {
      if (typeof message === 'string') onText(JSON.parse(message) as TerminalSocketText);
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

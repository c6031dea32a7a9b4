/** One reader's place in one terminal, kept over breaks: attaches, and again at what is there; events in their order (T-1, T-3, T-5). */
import type { AttachResult, SessionCallAnswer, TerminalExit, TerminalOutput } from '@drydock/protocol';
import { reconnectDelay } from '../backoff.ts';
import { isFinal } from '../retry.ts';
import type { TerminalLink } from './types.ts';

export type AttachmentPhase =
  /** Not attached yet, or the connection broke at `since` (ms of this machine's clock). */
  | { kind: 'offline'; since: number }
  | { kind: 'attaching'; since: number }
  /** Attached again after so long (ms). */
  | { kind: 'live'; awayMs: number }
  /** The server knows no such terminal (any more), or refuses it; `code` says which. */
  | { kind: 'gone'; code: string };

/** An attach's answer; bytes before `end` are old. */
export type Attached = AttachResult & { end: number };

/** What is done with a terminal's bytes. */
export interface TerminalReader {
  /** All bytes before this offset are here. */
  received(): number;
  /** @returns whether what follows joins what is here; if not, the attach is made again. */
  begin(attached: Attached): boolean;
  /** @returns false when bytes before these are missing; nothing is taken then. */
  output(output: TerminalOutput): boolean;
  /** A screen in place of everything before `offset`. */
  screen(screen: { screen: string; offset: number }): void;
  /** How what follows is drawn. */
  size(size: { cols: number; rows: number }): void;
  exit(exit: TerminalExit): void;
  phase(phase: AttachmentPhase): void;
}

/** Events that wait for an attach's answer, of which there are hardly any; with more than that it is attached again. */
const MAX_HELD = 1024;

export interface TerminalAttachment {
  phase(): AttachmentPhase;
  /** Attaches now or as soon as there is a connection, and stays attached until `stop` or `leave`. */
  attach(): void;
  /** Hears nothing more: the terminal is over. */
  stop(): void;
  /** Detaches; the terminal itself lives on. */
  leave(): void;
}

/** Builds it; `attach` starts it. */
export function createTerminalAttachment(terminalId: string, link: TerminalLink, reader: TerminalReader) {
  let phase: AttachmentPhase = { kind: 'offline', since: Date.now() };
  let wanted = false;
  let over = false;
  /** Events that came while an attach is under way: they may be older or newer than its answer; offsets tell. */
  let held: (() => void)[] = [];
  let overrun = false;
  let round = 0;
  let attempt = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function become(next: AttachmentPhase): void {
    phase = next;
    reader.phase(next);
  }

  function offlineSince(): number {
    return phase.kind === 'offline' || phase.kind === 'attaching' ? phase.since : Date.now();
  }

  async function attachNow(): Promise<void> {
    clearTimeout(retry);
    const mine = ++round;
    held = [];
    overrun = false;
    become({ kind: 'attaching', since: offlineSince() });
    let answer: SessionCallAnswer<'terminal:attach'>;
    try {
      answer = await link.call('terminal:attach', { terminalId, offset: reader.received() });
    } catch (error) {
      if (mine !== round) return;
      if (!isFinal(error)) return retryLater();
      stop();
      return become({ kind: 'gone', code: (error as { code: string }).code });
    }
    if (mine !== round) return;
    const joined = reader.begin({ ...answer, end: answer.end ?? answer.offset });
    const events = held;
    held = [];
    if (!joined || overrun) return retryLater();
    attempt = 0;
    become({ kind: 'live', awayMs: Date.now() - offlineSince() });
    for (const event of events) event();
  }

  function retryLater(): void {
    become({ kind: 'offline', since: offlineSince() });
    retry = setTimeout(() => {
      if (link.isConnected()) void attachNow();
    }, reconnectDelay(attempt));
    attempt += 1;
  }

  /** Events reach the reader when live, wait for an attach's answer, and are stale otherwise. */
  function whenLive(event: () => void): void {
    if (phase.kind === 'attaching') {
      if (held.length < MAX_HELD) held.push(event);
      else overrun = true;
    } else if (phase.kind === 'live') event();
  }

  const subscriptions = [
    link.subscribe(terminalId, {
      onOutput: (output) =>
        whenLive(() => {
          if (!reader.output(output) && phase.kind === 'live' && !over) void attachNow();
        }),
      onScreen: (screen) => whenLive(() => reader.screen(screen)),
      onSize: (size) => whenLive(() => reader.size(size)),
      onExit: (exit) => whenLive(() => reader.exit(exit)),
    }),
    link.onConnection((connected) => {
      if (over) return;
      round += 1;
      clearTimeout(retry);
      if (connected && wanted) {
        attempt = 0;
        void attachNow();
      } else become({ kind: 'offline', since: offlineSince() });
    }),
  ];

  function stop(): void {
    over = true;
    round += 1;
    clearTimeout(retry);
    for (const unsubscribe of subscriptions.splice(0)) unsubscribe();
  }

  const attachment: TerminalAttachment = {
    phase: () => phase,
    attach() {
      if (wanted || over) return;
      wanted = true;
      if (link.isConnected()) void attachNow();
    },
    stop,
    leave() {
      const attached = !over && (phase.kind === 'live' || phase.kind === 'attaching');
      stop();
      if (attached && link.isConnected()) link.call('terminal:detach', { terminalId }).catch(() => undefined);
    },
  };
  return attachment;
}

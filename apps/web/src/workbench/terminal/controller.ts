/** One terminal in one page: keeps a screen and a PTY together over breaks of the connection, without React and without the DOM. */
import { type AttachmentPhase, createTerminalAttachment, createTerminalInput } from '@drydock/client';
import { createTerminalOutput } from './output.ts';
import type { TerminalController, TerminalControllerOptions, TerminalPhase, TerminalState } from './types.ts';

/** What may wait while there is a connection (bytes): a large paste. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** What may be typed ahead while there is none (bytes): some lines, shown as a hint. */
export const MAX_OFFLINE_BYTES = 4 * 1024;
/** After an absence of this length (ms) an Enter that waits is not sent without asking. */
export const ASK_AFTER_MS = 10_000;
/** Own sizes that may still come back as events; any other size was set by somebody else. */
const MAX_OWN_SIZES = 16;

function sizeKey({ cols, rows }: { cols: number; rows: number }): string {
  return `${cols}x${rows}`;
}

/** Builds a controller; `attach` starts it. */
export function createTerminalController(options: TerminalControllerOptions): TerminalController {
  const { terminalId, link, screen, canType } = options;
  const listeners = new Set<() => void>();
  const encoder = new TextEncoder();
  let state: TerminalState = {
    phase: { kind: 'offline', since: Date.now() },
    cols: options.cols,
    rows: options.rows,
    driving: canType && options.drives,
    waiting: null,
    askBeforeSending: false,
    inputFull: false,
  };
  let fit = { cols: options.cols, rows: options.rows };
  /** The PTY's size as last heard; the screen follows when it has drawn all before. */
  let pty = fit;
  /** The size that the last attach told. */
  let attachedSize = fit;
  let ownSizes = [sizeKey(fit)];
  let lastAsked: string | undefined;
  /** A new page draws the terminal's past up to here; sizes in it say nothing about who drives now. */
  let pastUntil: number | undefined;
  let drawsOld = true;
  /** This page began to drive while it was not attached; nobody who drove before that counts. */
  let claimed = false;

  function set(change: Partial<TerminalState>): void {
    state = { ...state, ...change };
    for (const listener of [...listeners]) listener();
  }

  const output = createTerminalOutput({
    screen,
    ack: (offset) => link.ack(terminalId, offset),
    onResized: (cols, rows) => {
      if (cols !== state.cols || rows !== state.rows) set({ cols, rows });
    },
    onOld(old) {
      drawsOld = old;
      muteQueries();
    },
  });

  /** One page answers a program's question, the one that drives, and none answers a question that is old (T-9). */
  function muteQueries(): void {
    screen.muteQueries(drawsOld || !state.driving);
  }

  const input = createTerminalInput({
    newWriter: options.newWriter,
    send: (piece) => link.call('terminal:input', { terminalId, ...piece }),
    onChange: showWaiting,
  });

  function showWaiting(): void {
    const bytes = input.waitingBytes();
    const hidden = bytes === 0 || (state.phase.kind === 'live' && !state.askBeforeSending);
    if (hidden && state.waiting === null && !state.inputFull) return;
    if (!hidden && state.waiting?.bytes === bytes) return;
    set({ waiting: hidden ? null : { text: input.waitingText(MAX_OFFLINE_BYTES), bytes }, inputFull: false });
  }

  function setPhase(phase: TerminalPhase): void {
    set({ phase });
    showWaiting();
  }

  function isOver(): boolean {
    return state.phase.kind === 'exited' || state.phase.kind === 'gone' || state.phase.kind === 'disposed';
  }

  function finish(phase: TerminalPhase): void {
    attachment.stop();
    input.close();
    input.discard();
    set({ phase, waiting: null, askBeforeSending: false, inputFull: false });
  }

  function onPhase(phase: AttachmentPhase): void {
    switch (phase.kind) {
      case 'offline':
      case 'attaching':
        input.close();
        lastAsked = undefined;
        setPhase(phase);
        break;
      case 'live':
        becomeLive(phase.awayMs);
        break;
      case 'gone':
        finish(phase);
        break;
    }
  }

  function becomeLive(awayMs: number): void {
    const ask = state.askBeforeSending || (awayMs >= ASK_AFTER_MS && input.hasEnter());
    if (claimed) pty = attachedSize;
    else noticeSize(attachedSize);
    claimed = false;
    set({ phase: { kind: 'live' }, askBeforeSending: ask });
    sendSize();
    if (!ask) input.open();
    showWaiting();
  }

  /** A size that this page did not ask for means that another page drives. */
  function noticeSize(size: { cols: number; rows: number }): void {
    pty = size;
    const isPast = pastUntil === undefined || output.received() < pastUntil;
    if (!state.driving || isPast || ownSizes.includes(sizeKey(size)) || sizeKey(size) === sizeKey(fit)) return;
    lastAsked = undefined;
    set({ driving: false });
    muteQueries();
  }

  function sendSize(): void {
    const key = sizeKey(fit);
    if (!state.driving || state.phase.kind !== 'live' || key === (lastAsked ?? sizeKey(pty))) return;
    lastAsked = key;
    ownSizes = [...ownSizes.filter((size) => size !== key), key].slice(-MAX_OWN_SIZES);
    // A size that is lost with the connection is sent again when the terminal is live again.
    link.call('terminal:resize', { terminalId, ...fit }).catch(() => undefined);
  }

  const attachment = createTerminalAttachment(terminalId, link, {
    received: output.received,
    begin({ offset, end, cols, rows, screen: text }) {
      const joined = output.begin({ offset, end, cols, rows, screen: text });
      pastUntil ??= end;
      attachedSize = { cols, rows };
      return joined;
    },
    output: ({ offset, data }) => output.receive(offset, data),
    screen({ screen: text, offset }) {
      if (offset >= output.received()) output.replace(text, offset);
    },
    size(size) {
      noticeSize(size);
      output.resize(size.cols, size.rows);
    },
    exit({ exitCode, signal }) {
      output.afterDrawn(() => {
        if (!isOver()) finish({ kind: 'exited', exitCode, ...(signal === undefined ? {} : { signal }) });
      });
    },
    phase: onPhase,
  });

  function push(data: Uint8Array): boolean {
    if (!canType || isOver()) return false;
    if (!state.driving) drive();
    const taken = input.push(data, state.phase.kind === 'live' ? MAX_WAITING_BYTES : MAX_OFFLINE_BYTES);
    if (taken) showWaiting();
    else set({ inputFull: true });
    return taken;
  }

  function drive(): void {
    if (!canType || state.driving || isOver()) return;
    claimed = state.phase.kind !== 'live';
    set({ driving: true });
    muteQueries();
    sendSize();
  }

  const subscriptions = [
    screen.onData((text) => push(encoder.encode(text))),
    screen.onBinary?.((latin1) => push(Uint8Array.from(latin1, (character) => character.charCodeAt(0)))),
  ];

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    attach: attachment.attach,
    input: (text) => push(encoder.encode(text)),
    fit(cols, rows) {
      if (cols === fit.cols && rows === fit.rows) return;
      fit = { cols, rows };
      sendSize();
    },
    drive,
    confirmWaiting() {
      set({ askBeforeSending: false });
      if (state.phase.kind === 'live') input.open();
      showWaiting();
    },
    discardWaiting() {
      input.discard();
      set({ askBeforeSending: false });
      if (state.phase.kind === 'live') input.open();
      showWaiting();
    },
    dispose() {
      if (state.phase.kind === 'disposed') return;
      for (const unsubscribe of subscriptions) unsubscribe?.();
      attachment.leave();
      finish({ kind: 'disposed' });
      output.dispose();
      listeners.clear();
    },
  };
}

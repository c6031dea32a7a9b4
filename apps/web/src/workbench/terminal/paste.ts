/** Several lines pasted into a plain shell run one by one as they arrive: ask first, once. */
import type { Terminal } from '@xterm/xterm';

export interface PasteQuestion {
  text: string;
  lines: number;
  /** Pastes after all; `always` stops further questions of this page. */
  accept(always: boolean): void;
}

export interface PasteGuardDeps {
  host: HTMLElement;
  terminal: Pick<Terminal, 'modes' | 'paste'>;
  ask(question: PasteQuestion): void;
}

let askNoMore = false;

/** Lines that a shell would run: a newline at the very end counts, since it runs the line before it. */
export function linesThatRun(text: string): number {
  return text.split(/\r\n|\r|\n/).length;
}

/** Catches paste events before xterm; bracketed paste hands lines to the program as one text and needs no question. */
export function installPasteGuard({ host, terminal, ask }: PasteGuardDeps): { dispose(): void } {
  function onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    const lines = linesThatRun(text);
    if (lines < 2 || terminal.modes.bracketedPasteMode || askNoMore) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask({
      text,
      lines,
      accept(always) {
        askNoMore ||= always;
        terminal.paste(text);
      },
    });
  }
  host.addEventListener('paste', onPaste, { capture: true });
  return { dispose: () => host.removeEventListener('paste', onPaste, { capture: true }) };
}

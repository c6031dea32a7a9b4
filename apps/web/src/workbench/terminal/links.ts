/** Links in a terminal: where one leads is shown while the pointer is on it, and asked about when its text says something else. */
import type { IBufferRange, ILinkHandler, Terminal } from '@xterm/xterm';

export interface LinkQuestion {
  /** What is written in the terminal. */
  text: string;
  target: string;
  open(): void;
}

export interface TerminalLinks {
  /** For links whose text is chosen by the program (OSC 8). */
  handler: ILinkHandler;
  /** Opens a link whose text is its target. */
  open(event: MouseEvent, uri: string): void;
  showTarget(uri: string): void;
  hideTarget(): void;
}

/** The address as the browser would open it, its name in ASCII; undefined when it does not lead to the web. */
export function webTarget(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `text` names `target`: the whole of it, with or without the scheme and a last slash. */
export function namesTarget(text: string, target: string): boolean {
  const plain = (address: string) => address.trim().replace(/\/$/, '');
  const wanted = plain(target);
  return [text, `https://${text}`, `http://${text}`].some((address) => plain(webTarget(address) ?? '') === wanted);
}

function textOf(terminal: Pick<Terminal, 'buffer'>, { start, end }: IBufferRange): string {
  let text = '';
  for (let y = start.y; y <= end.y; y += 1) {
    const line = terminal.buffer.active.getLine(y - 1);
    text += line?.translateToString(false, y === start.y ? start.x - 1 : 0, y === end.y ? end.x : undefined) ?? '';
  }
  return text;
}

/** Builds the links of one terminal, whose targets are shown in `host`; `resolve` says where an address of a node leads from here. */
export function createTerminalLinks(
  host: HTMLElement,
  terminal: () => Pick<Terminal, 'buffer'>,
  ask: (question: LinkQuestion) => void,
  resolve: (target: string) => string,
): TerminalLinks {
  const shown = document.createElement('div');
  shown.className = 'terminal-link-target xterm-hover';

  function go(target: string): void {
    window.open(target, '_blank', 'noopener,noreferrer');
  }

  function showTarget(uri: string): void {
    const target = webTarget(uri);
    if (target === undefined) return;
    shown.textContent = resolve(target);
    host.append(shown);
  }

  const hideTarget = () => shown.remove();

  return {
    showTarget,
    hideTarget,
    open(event, uri) {
      event.preventDefault();
      const target = webTarget(uri);
      if (target !== undefined) go(resolve(target));
    },
    handler: {
      allowNonHttpProtocols: false,
      activate(event, uri, range) {
        event.preventDefault();
        const target = webTarget(uri);
        if (target === undefined) return;
        const text = textOf(terminal(), range);
        const opened = resolve(target);
        if (namesTarget(text, target)) go(opened);
        else ask({ text, target: opened, open: () => go(opened) });
      },
      hover: (_event, uri) => showTarget(uri),
      leave: hideTarget,
    },
  };
}

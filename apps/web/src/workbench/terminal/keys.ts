/** Which keys the page keeps for itself in a terminal, and which go to the shell (docs of each rule: the shortcuts dialog). */
import type { Terminal } from '@xterm/xterm';
import { copyText, readText } from '../base/clipboard.ts';
import type { TerminalController } from './types.ts';

export interface TerminalKeyActions {
  /** Actions of the whole page that keep working while a terminal has the focus; true when the key was one of them. */
  pageKey(event: KeyboardEvent, place: 'shell' | 'program'): boolean;
  /** The clipboard could not be read by a click; a paste key can. */
  onPasteRefused(): void;
  /** Whether Ctrl+V pastes; asked at each press. */
  pastesByCtrlV(): boolean;
  /** Ctrl+V went to the shell. */
  onCtrlVToShell(): void;
  onEnterAfterEnd(): void;
  /** A key that would have typed something, from somebody who only watches. */
  onTypedInVain?: (() => void) | undefined;
}

const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether a key copies the selection: Ctrl/Cmd+C with one, Ctrl+Shift+C, Ctrl+Insert. */
function isCopy(event: KeyboardEvent, hasSelection: boolean): boolean {
  const key = event.key.toLowerCase();
  if (key === 'insert') return event.ctrlKey && !event.shiftKey;
  if (key !== 'c' || event.altKey) return false;
  if (event.metaKey) return isMac();
  return event.ctrlKey && (event.shiftKey || hasSelection);
}

/** Keys by which browsers paste: they must reach the browser untouched, so that no permission is needed. */
function isPaste(event: KeyboardEvent, byCtrlV: boolean): boolean {
  const key = event.key.toLowerCase();
  if (key === 'insert') return event.shiftKey && !event.ctrlKey;
  if (key !== 'v' || event.altKey) return false;
  return event.metaKey ? isMac() : event.ctrlKey && (event.shiftKey || byCtrlV);
}

const isCtrlV = (event: KeyboardEvent) =>
  event.key.toLowerCase() === 'v' && event.ctrlKey && !event.shiftKey && !event.altKey && !event.metaKey;

const isTyping = (event: KeyboardEvent) =>
  (event.key.length === 1 || event.key === 'Enter') && !event.ctrlKey && !event.altKey && !event.metaKey;

/** Decides about every key before xterm does; middle click pastes where the system does not do it itself. */
export function installTerminalKeys(
  host: HTMLElement,
  terminal: Terminal,
  controller: TerminalController,
  actions: TerminalKeyActions,
): void {
  function copySelection(): void {
    const text = terminal.getSelection();
    if (text === '') return;
    void copyText(text);
    terminal.clearSelection();
  }

  function handle(event: KeyboardEvent): boolean {
    const place = terminal.buffer.active.type === 'alternate' ? 'program' : 'shell';
    if (isCopy(event, terminal.hasSelection())) copySelection();
    else if (!actions.pageKey(event, place)) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  terminal.attachCustomKeyEventHandler((event) => {
    if (isPaste(event, actions.pastesByCtrlV())) return false;
    if (event.type !== 'keydown') return true;
    if (isCtrlV(event) && !isMac()) actions.onCtrlVToShell();
    const { kind } = controller.getState().phase;
    if (event.key === 'Enter' && (kind === 'exited' || kind === 'gone')) {
      actions.onEnterAfterEnd();
      return false;
    }
    if (handle(event)) return false;
    if (isTyping(event)) actions.onTypedInVain?.();
    return true;
  });

  host.addEventListener('auxclick', (event) => {
    const isLinux = /Linux/.test(navigator.platform);
    if (event.button !== 1 || isLinux || terminal.modes.mouseTrackingMode !== 'none') return;
    void readText().then((text) => (text === null ? actions.onPasteRefused() : terminal.paste(text)));
  });
}

/** What a program may do to the clipboard by OSC 52: give it text, as the answer to what this person just did in its terminal. */
import type { IClipboardProvider } from '@xterm/addon-clipboard';

/** A program copies within this time (ms) of a key or a click: the way to the node and back, and the program's own work. */
const GESTURE_MS = 1000;
/** What may be copied (characters): a program that wants more is not copying for a person. */
const MAX_CHARACTERS = 1024 * 1024;
/** What a person does; made by a script they do not count. */
const GESTURES = ['keydown', 'pointerdown', 'paste', 'drop'] as const;

export interface ProgramClipboardDeps {
  host: HTMLElement;
  /** False for whoever only watches: nothing in the terminal is their doing. */
  canType: boolean;
  /** Whether what is drawn now is old, or answered by another page. */
  isMuted(): boolean;
  copy(text: string): Promise<boolean>;
  /** A program has put `text` on the clipboard. */
  onCopied(text: string): void;
}

/** Builds the clipboard that programs of one terminal have. */
export function createProgramClipboard(deps: ProgramClipboardDeps): IClipboardProvider & { dispose(): void } {
  const { host, canType, isMuted, copy, onCopied } = deps;
  let lastGesture = -Infinity;
  const onGesture = (event: Event) => {
    if (event.isTrusted) lastGesture = performance.now();
  };
  for (const name of GESTURES) host.addEventListener(name, onGesture, { capture: true });

  return {
    // Never asked: questions for the clipboard are swallowed (queries.ts).
    readText: () => '',
    async writeText(_selection, text) {
      const isAnswer = performance.now() - lastGesture <= GESTURE_MS;
      if (!canType || isMuted() || !isAnswer || text === '' || text.length > MAX_CHARACTERS) return;
      if (await copy(text)) onCopied(text);
    },
    dispose() {
      for (const name of GESTURES) host.removeEventListener(name, onGesture, { capture: true });
    },
  };
}

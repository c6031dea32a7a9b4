/** A key as it is written in the command table and in the help ("Ctrl+Shift+F"), and whether an event is that key. */

const ARROWS: Readonly<Record<string, string>> = {
  '←': 'arrowleft',
  '→': 'arrowright',
  '↑': 'arrowup',
  '↓': 'arrowdown',
};

interface KeyParts {
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  /** The key's own name in lower case, as `KeyboardEvent.key` has it. */
  key: string;
}

function parse(press: string): KeyParts {
  // The last part is never empty, so that "Ctrl++" is the plus sign with Ctrl.
  const cut = press.slice(0, -1).lastIndexOf('+') + 1;
  const last = press.slice(cut);
  const modifiers = press.slice(0, cut).split('+');
  return {
    ctrl: modifiers.includes('Ctrl'),
    shift: modifiers.includes('Shift'),
    alt: modifiers.includes('Alt'),
    key: ARROWS[last] ?? last.toLowerCase(),
  };
}

/** Signs and digits lie on other keys, with Shift or without it, from one keyboard to the next: only what they type counts. */
const isSign = (key: string) => key.length === 1 && !/[a-z]/.test(key);

export interface PressOptions {
  /** Whether Cmd does what Ctrl does. */
  orCommand?: boolean;
}

/** Whether `event` is the key that is written as `press`. */
export function isPress(event: KeyboardEvent, press: string, { orCommand = false }: PressOptions = {}): boolean {
  const { ctrl, shift, alt, key } = parse(press);
  if (event.key.toLowerCase() !== key || event.altKey !== alt) return false;
  if (!isSign(key) && event.shiftKey !== shift) return false;
  return event.ctrlKey === ctrl || (orCommand && ctrl && event.metaKey);
}

/** Whether the key types a character, where something takes characters. */
export const isTyped = (press: string) => press.length === 1;

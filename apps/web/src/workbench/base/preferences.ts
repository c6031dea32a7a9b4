/** What this browser's user likes; kept in local storage, shared by all its tabs. */
import { MAX_PERSON_NAME_LENGTH } from '@drydock/protocol';
import { createValue, type Observable } from './store.ts';
import { TERMINAL_THEMES, type TerminalThemeName } from './terminal-themes.ts';

export type CtrlV = 'system' | 'paste' | 'shell';

export interface Preferences {
  terminalTheme: TerminalThemeName;
  /** Terminal text in CSS pixels. */
  fontSize: number;
  copyOnSelect: boolean;
  /** Whether Ctrl+V pastes in a terminal; `system`: where other programs of this system paste by it in terminals too. */
  ctrlV: CtrlV;
  screenReader: boolean;
  cursorBlink: boolean;
  /** Many more lines above the screen, at the price of slower floods. */
  longScrollback: boolean;
  sidebar: boolean;
  /** What others in a session see; empty for none. */
  name: string;
  /** Whether the Files panel is open (on a wide window). */
  files: boolean;
  /** The ready layout that was chosen last; null for none. */
  layout: 'build' | 'swarm' | 'learn' | null;
}

export const MIN_FONT_SIZE = 8;
export const MAX_FONT_SIZE = 40;

const KEY = 'drydock.preferences';

const DEFAULTS: Preferences = {
  terminalTheme: 'dark',
  fontSize: 14,
  copyOnSelect: false,
  ctrlV: 'system',
  screenReader: false,
  cursorBlink: false,
  longScrollback: false,
  sidebar: true,
  name: '',
  files: false,
  layout: null,
};

/** Stored text as preferences: whatever is missing or strange takes its default. */
export function parsePreferences(text: string | null): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (typeof value === 'object' && value !== null) stored = value;
  } catch {
    // Broken storage means defaults.
  }
  type Flag = 'copyOnSelect' | 'screenReader' | 'cursorBlink' | 'longScrollback' | 'sidebar' | 'files';
  const flag = (key: Flag) => (typeof stored[key] === 'boolean' ? stored[key] : DEFAULTS[key]);
  const { terminalTheme: theme, fontSize, name, ctrlV, layout } = stored;
  return {
    terminalTheme: TERMINAL_THEMES.find((name) => name === theme) ?? DEFAULTS.terminalTheme,
    fontSize: typeof fontSize === 'number' ? clampFontSize(fontSize) : DEFAULTS.fontSize,
    copyOnSelect: flag('copyOnSelect'),
    ctrlV: ctrlV === 'paste' || ctrlV === 'shell' ? ctrlV : DEFAULTS.ctrlV,
    screenReader: flag('screenReader'),
    cursorBlink: flag('cursorBlink'),
    longScrollback: flag('longScrollback'),
    sidebar: flag('sidebar'),
    name: typeof name === 'string' ? name.slice(0, MAX_PERSON_NAME_LENGTH) : DEFAULTS.name,
    files: flag('files'),
    layout: layout === 'build' || layout === 'swarm' || layout === 'learn' ? layout : DEFAULTS.layout,
  };
}

function clampFontSize(size: number): number {
  return Math.round(Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, size)));
}

function read(storage: Storage | null): Preferences {
  try {
    return parsePreferences(storage?.getItem(KEY) ?? null);
  } catch {
    return DEFAULTS;
  }
}

export interface PreferenceStore extends Observable<Preferences> {
  update(patch: Partial<Preferences>): void;
  changeFontSize(by: -1 | 1): void;
  resetFontSize(): void;
}

/** Reads what is stored and follows other tabs of this browser; without a storage they hold for this page. */
export function createPreferences(storage: Storage | null): PreferenceStore {
  const value = createValue(read(storage));
  window.addEventListener('storage', (event) => {
    if (storage !== null && event.key === KEY) value.set(read(storage));
  });
  function update(patch: Partial<Preferences>): void {
    const next = { ...value.getState(), ...patch };
    try {
      storage?.setItem(KEY, JSON.stringify(next));
    } catch {
      // Storage refused: the choice holds for this page.
    }
    value.set(next);
  }
  return {
    getState: value.getState,
    subscribe: value.subscribe,
    update,
    changeFontSize: (by) => update({ fontSize: clampFontSize(value.getState().fontSize + by) }),
    resetFontSize: () => update({ fontSize: DEFAULTS.fontSize }),
  };
}

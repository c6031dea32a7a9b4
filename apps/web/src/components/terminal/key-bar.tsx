/** Keys that a phone's keyboard lacks; Ctrl and Alt hold for the next key. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useCanWork, useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';

const KEYS: readonly { label: string; name: string; text: string }[] = [
  { label: 'Esc', name: 'Escape', text: '\x1b' },
  { label: 'Tab', name: 'Tab', text: '\t' },
  { label: '|', name: 'Pipe', text: '|' },
  { label: '/', name: 'Slash', text: '/' },
  { label: '-', name: 'Dash', text: '-' },
  { label: '~', name: 'Tilde', text: '~' },
];

const ARROWS = [
  { label: '←', name: 'Left', code: 'D' },
  { label: '↑', name: 'Up', code: 'A' },
  { label: '↓', name: 'Down', code: 'B' },
  { label: '→', name: 'Right', code: 'C' },
] as const;

const style =
  'h-10 min-w-10 shrink-0 rounded-md border border-line bg-surface px-2.5 font-mono text-sm active:bg-ink/12 aria-pressed:border-crane aria-pressed:bg-crane aria-pressed:text-on-crane';

export function KeyBar() {
  const { place, views, workspace } = useWorkbench();
  const canWork = useCanWork();
  useValue(workspace);
  const active = place.activeTerminal();
  const [held, setHeld] = useState<'ctrl' | 'alt' | null>(null);
  if (active === null || !canWork) return null;
  // Asked for at each press: the view may be made after this was drawn.
  const viewNow = () => views.peek(active.id);
  const send = (text: string) => {
    const view = viewNow();
    view?.controller.input(text);
    view?.focus();
  };
  const hold = (which: 'ctrl' | 'alt') => {
    const view = viewNow();
    if (view === undefined) return;
    const next = held === which ? null : which;
    setHeld(next);
    view.holdModifier(next, () => setHeld(null));
    view.focus();
  };
  const arrow = (code: string) =>
    send(viewNow()?.terminal.modes.applicationCursorKeysMode ? `\x1bO${code}` : `\x1b[${code}`);
  const button = (label: string, name: string, press: () => void, pressed?: boolean) => (
    <button
      key={name}
      type="button"
      aria-label={name}
      aria-pressed={pressed}
      // The terminal keeps the focus, so that the phone's keyboard stays open.
      onPointerDown={(event) => event.preventDefault()}
      onClick={press}
      className={cn(style)}
    >
      {label}
    </button>
  );
  return (
    <div
      role="toolbar"
      aria-label={strings.terminals.keyBar}
      className="hidden shrink-0 gap-1.5 overflow-x-auto border-line border-t bg-sunken px-2 py-1.5 max-md:flex coarse:flex"
    >
      {button('Ctrl', 'Ctrl', () => hold('ctrl'), held === 'ctrl')}
      {button('Alt', 'Alt', () => hold('alt'), held === 'alt')}
      {KEYS.map(({ label, name, text }) => button(label, name, () => send(text)))}
      {ARROWS.map(({ label, name, code }) => button(label, name, () => arrow(code)))}
    </div>
  );
}

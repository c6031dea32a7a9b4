/** A glimpse of terminal colours. */
'use client';

import { type TerminalThemeName, terminalTheme } from '../../workbench/base/terminal-themes.ts';
import { resolveTheme } from '../../workbench/base/theme.ts';
import { useTheme } from '../ui/theme-switch.tsx';

export function ThemeSwatch({ theme }: { theme: TerminalThemeName }) {
  const page = resolveTheme(useTheme());
  const { background, foreground, red, green, yellow, blue, cyan } = terminalTheme(theme, page);
  return (
    <span
      aria-hidden="true"
      className="theme-swatch flex h-9 items-center gap-1 rounded-sm px-2 font-mono text-[11px]"
      style={{ background, color: foreground }}
    >
      <span>$ ls</span>
      {[red, green, yellow, blue, cyan].map((color) => (
        <span key={color} className="h-2.5 w-1.5" style={{ background: color }} />
      ))}
    </span>
  );
}

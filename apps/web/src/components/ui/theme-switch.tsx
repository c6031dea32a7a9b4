/** Light, dark or like the system: one small button that goes through the three. */
'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { strings } from '../../strings.ts';
import { chooseTheme, onThemeChange, readTheme, type Theme } from '../../workbench/base/theme.ts';
import { IconButton } from './button.tsx';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICONS = { system: Monitor, light: Sun, dark: Moon };

export function useTheme(): Theme {
  return useSyncExternalStore(onThemeChange, readTheme, () => 'system');
}

export function ThemeSwitch() {
  const theme = useTheme();
  const Icon = ICONS[theme];
  return (
    <IconButton label={`${strings.theme.label}: ${strings.theme[theme]}`} onClick={() => chooseTheme(NEXT[theme])}>
      <Icon size={17} aria-hidden="true" />
    </IconButton>
  );
}

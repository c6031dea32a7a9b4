/** Colours of terminals. xterm raises any pair below 4.5:1 (minimumContrastRatio), so that these may keep their character. */
import type { ITheme } from '@xterm/xterm';

export const TERMINAL_THEMES = [
  'match',
  'dark',
  'light',
  'solarized-dark',
  'solarized-light',
  'high-contrast',
  'colour-blind',
] as const;
export type TerminalThemeName = (typeof TERMINAL_THEMES)[number];

/** Sixteen colours in ANSI order: black, red, green, yellow, blue, magenta, cyan, white, then their bright forms. */
function theme(background: string, foreground: string, cursor: string, selection: string, ansi: string): ITheme {
  const [black, red, green, yellow, blue, magenta, cyan, white, ...bright] = ansi.split(' ') as string[];
  const [brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite] =
    bright;
  const base = { background, foreground, cursor, cursorAccent: background, selectionBackground: selection };
  return Object.assign(base, {
    black,
    red,
    green,
    yellow,
    blue,
    magenta,
    cyan,
    white,
    brightBlack,
    brightRed,
    brightGreen,
    brightYellow,
    brightBlue,
    brightMagenta,
    brightCyan,
    brightWhite,
  }) as ITheme;
}

const SOLARIZED =
  '#073642 #dc322f #859900 #b58900 #268bd2 #d33682 #2aa198 #eee8d5 #586e75 #cb4b16 #93a1a1 #839496 #657b83 #6c71c4 #93a1a1 #fdf6e3';

const themes: Record<Exclude<TerminalThemeName, 'match'>, ITheme> = {
  dark: theme(
    '#070d0f',
    '#eaf2ef',
    '#f5b640',
    '#2c4a50',
    '#1c2f33 #f2705c #63cf93 #e9b44c #6aa9e9 #c690e0 #55cfc0 #d5e0dd #64797d #ff9585 #86e3ae #ffd074 #93c4fb #ddb2f2 #82e6d9 #ffffff',
  ),
  light: theme(
    '#fbfcfb',
    '#14221f',
    '#a92a1c',
    '#cfe3dd',
    '#14221f #b3261e #176b45 #7c5200 #1d5fa8 #86379c #0b6a6a #5b6a66 #56675f #c23a2e #1c7d51 #8f6108 #2a72c4 #9b48b3 #127b7b #2c3b38',
  ),
  'solarized-dark': theme('#002b36', '#93a1a1', '#93a1a1', '#0b4a59', SOLARIZED),
  'solarized-light': theme('#fdf6e3', '#586e75', '#586e75', '#e3dcc3', SOLARIZED),
  'high-contrast': theme(
    '#000000',
    '#ffffff',
    '#ffff00',
    '#5a5a00',
    '#000000 #ff6b6b #5cff5c #ffff00 #7ab8ff #ff8cff #00ffff #ffffff #a8a8a8 #ff9d9d #9dff9d #ffff9d #b3d7ff #ffc1ff #9dffff #ffffff',
  ),
  // Okabe and Ito's colours: told apart with any colour vision; "red" and "green" differ in lightness too.
  'colour-blind': theme(
    '#0b1114',
    '#eef2f0',
    '#f0e442',
    '#33484f',
    '#10191c #e69f00 #56b4e9 #f0e442 #3f9bdc #cc79a7 #35c4a0 #e6ebe9 #7d8f93 #ffbf47 #8fd0f7 #fff27a #79bff0 #e3a1c6 #6fe0c3 #ffffff',
  ),
};

/** The colours of a name; `match` takes those of the page. */
export function terminalTheme(name: TerminalThemeName, page: 'light' | 'dark'): ITheme {
  return themes[name === 'match' ? page : name];
}

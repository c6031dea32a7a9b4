/** What a page may choose of the frame's look: light or dark, one colour, and the size of terminal text. Never so that it cannot be read. */
import type { EmbedTheme } from '@drydock/protocol';
import type { PreferenceStore } from '../base/preferences.ts';
import { holdTheme } from '../base/theme.ts';

/** Of text on the accent colour (WCAG 2.2, 1.4.3). */
const READABLE = 4.5;
const DARK_TEXT = '#1b1404';
const LIGHT_TEXT = '#ffffff';

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1, the same colour, to 21. */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** A colour that text can stand on, and the text's: where neither dark nor light text can be read on it, the colour is made lighter. */
export function readableAccent(accent: string): { accent: string; text: string } {
  if (contrast(accent, DARK_TEXT) >= READABLE) return { accent, text: DARK_TEXT };
  if (contrast(accent, LIGHT_TEXT) >= READABLE) return { accent, text: LIGHT_TEXT };
  const lighter = [1, 3, 5].map((at) => {
    const part = Number.parseInt(accent.slice(at, at + 2), 16);
    return Math.min(255, part + Math.ceil((255 - part) / 8))
      .toString(16)
      .padStart(2, '0');
  });
  return readableAccent(`#${lighter.join('')}`);
}

/** Puts it on; what the page leaves out stays as it is. */
export function applyLook({ scheme, accent, radius, fontSize }: EmbedTheme, preferences: PreferenceStore | null): void {
  const { style } = document.documentElement;
  if (scheme !== undefined) holdTheme(scheme === 'auto' ? 'system' : scheme);
  if (accent !== undefined) {
    const { accent: colour, text } = readableAccent(accent);
    style.setProperty('--crane', colour);
    style.setProperty('--crane-hover', colour);
    style.setProperty('--on-crane', text);
  }
  if (radius !== undefined) style.setProperty('--radius-md', `${Math.min(radius, 12)}px`);
  if (fontSize !== undefined) preferences?.update({ fontSize });
}

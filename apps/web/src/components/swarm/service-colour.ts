/** A service's colour as a style: the palette's variables follow the page's theme. */
import type { CSSProperties } from 'react';

export function serviceColour(colour: number): CSSProperties {
  return { '--service': colour < 0 ? 'var(--edge)' : `var(--svc-${colour})` } as CSSProperties;
}

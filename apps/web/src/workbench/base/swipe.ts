/** Tells a swipe to the side from scrolling, selecting and tapping. */

/** A swipe goes at least this far to the side (CSS pixels)... */
const FAR = 70;
/** ...within this time (ms), so that a slow drag can select text... */
const QUICK_MS = 500;
/** ...and this many times farther to the side than up or down, so that scrolling stays scrolling. */
const FLAT = 2.5;

export interface TouchPoint {
  x: number;
  y: number;
  /** Any clock's ms. */
  at: number;
}

/** 1 for a swipe to the left (on to the next), -1 to the right (back), 0 for anything else. */
export function swipeOf(from: TouchPoint, to: TouchPoint): -1 | 0 | 1 {
  const across = to.x - from.x;
  if (to.at - from.at > QUICK_MS || Math.abs(across) < FAR) return 0;
  if (Math.abs(across) < FLAT * Math.abs(to.y - from.y)) return 0;
  return across < 0 ? 1 : -1;
}

/** Calls `onSwipe` for swipes with one finger that begin where `counts` says so, until the function that is returned is called. */
export function watchSwipes(
  element: HTMLElement,
  counts: (target: Element) => boolean,
  onSwipe: (by: -1 | 1) => void,
): () => void {
  let from: TouchPoint | null = null;
  const point = ({ clientX: x, clientY: y }: Touch, { timeStamp: at }: Event): TouchPoint => ({ x, y, at });
  const start = (event: TouchEvent) => {
    const first = event.touches.length === 1 ? event.touches[0] : undefined;
    const touch = event.target instanceof Element && counts(event.target) ? first : undefined;
    from = touch === undefined ? null : point(touch, event);
  };
  const end = (event: TouchEvent) => {
    const touch = event.changedTouches[0];
    const by = from === null || touch === undefined ? 0 : swipeOf(from, point(touch, event));
    from = null;
    if (by !== 0) onSwipe(by);
  };
  const cancel = () => {
    from = null;
  };
  const passive = { passive: true, capture: true };
  element.addEventListener('touchstart', start, passive);
  element.addEventListener('touchend', end, passive);
  element.addEventListener('touchcancel', cancel, passive);
  return () => {
    element.removeEventListener('touchstart', start, passive);
    element.removeEventListener('touchend', end, passive);
    element.removeEventListener('touchcancel', cancel, passive);
  };
}

/** After a reload an element goes on where it was. The frame remembers by itself where it may; where not, the page keeps its handle. */

const PREFIX = 'drydock-handle:';

function storageOrNull(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** The same element on the same page: by its `session` or id, else by its place among all. */
function nameOf(element: Element): string {
  const name = element.getAttribute('session') ?? element.id;
  const place = [...document.querySelectorAll(element.localName)].indexOf(element);
  return `${PREFIX}${location.pathname}:${element.localName}:${name || place}`;
}

/** What was kept for the element; undefined when there is nothing to go on with. */
export function recall(element: Element): string | undefined {
  try {
    return storageOrNull()?.getItem(nameOf(element)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps it, or forgets it. */
export function remember(element: Element, handle: string | undefined): void {
  try {
    if (handle === undefined) storageOrNull()?.removeItem(nameOf(element));
    else storageOrNull()?.setItem(nameOf(element), handle);
  } catch {
    // Storage that is full or forbidden: nothing is resumed.
  }
}

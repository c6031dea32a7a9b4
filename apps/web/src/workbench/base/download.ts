/** Downloads by the browser's own means, so that a large file goes to the disk and never through the page's memory. */

function press(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.rel = 'noopener';
  document.body.append(link);
  link.click();
  link.remove();
}

/** Downloads an address of our own origin; its answer may name the file better than `name`. */
export const downloadAddress = (href: string, name: string): void => press(href, name);

/** Gives bytes of the page as a file. */
export function downloadBlob(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  press(href, name);
  // The browser has taken it by then; the address would hold the bytes for as long as the page lives.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

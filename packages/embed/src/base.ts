/** Where the script itself came from: everything of ours is there, whatever the page says. */

/** Read while the script runs first: `document.currentScript` is gone afterwards, and null for modules. */
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;

/** Where scripts for old pages lie below the rest. */
const OLD_PAGES = /(katacoda|pwd-sdk\/dist)\/$/;

function folderOf(address: string): string {
  return address.slice(0, address.lastIndexOf('/') + 1);
}

/** `data-base` for pages that bring the script along themselves; with a slash at the end. */
export const base = folderOf(new URL(script?.dataset.base ?? '.', script?.src || document.baseURI).href).replace(
  script?.dataset.base === undefined ? OLD_PAGES : '',
  '',
);

/** The site's public key, if it has one. */
export const site = script?.dataset.site ?? '';

/** Languages of the page's own blocks that get a Run button (`data-upgrade="sh,console"`). */
export const upgrade = script?.dataset.upgrade ?? '';

/** A server of the visitor's own machine or network: browsers ask before a site may reach it. */
export function isLocal(host: string): boolean {
  return /^(localhost|.*\.localhost|.*\.local|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|\[.*\])$/.test(
    host,
  );
}

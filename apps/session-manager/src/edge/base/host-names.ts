/**
 * The names that a request may call us by. A page of another site can let its own name lead to our address (DNS rebinding): its requests
 * are then same-origin for the browser, and nothing but the `Host` that they say tells them from those of our own pages.
 */
import { isIP } from 'node:net';

/** The name in a Host header: lower case, without the port. */
export function hostNameOf(hostHeader: string | undefined): string {
  return (hostHeader ?? '').toLowerCase().replace(/:\d+$/, '');
}

/** An address in place of a name is what no DNS record makes: a page whose origin it is came from there. */
export function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

export interface HostNames {
  /** Whether we answer to that name. A program of HTTP/1.0 that says none is no browser. */
  knows(hostHeader: string | undefined): boolean;
}

/** Builds the list: `names` are ours besides this machine's own, `portsSuffix` is what the names of ports end with. */
export function createHostNames(names: readonly string[], portsSuffix: string): HostNames {
  const known = new Set(['localhost', ...names]);
  return {
    knows(hostHeader) {
      if (hostHeader === undefined) return true;
      const name = hostNameOf(hostHeader);
      return known.has(name) || name.endsWith(portsSuffix) || isAddress(name);
    },
  };
}

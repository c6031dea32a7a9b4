/**
 * A request's target, taken apart without a parser of addresses: whoever asks writes it, and `new URL` throws at `//` and its like.
 * What both give is what others wrote: characters of one byte in a path, any in a query.
 */

/** The path, up to the query. */
export const pathOf = (target: string | undefined): string => (target ?? '/').split('?', 1)[0] ?? '/';

/** The query; empty when there is none. It never throws: what cannot be decoded stays as it is. */
export function queryOf(target: string | undefined): URLSearchParams {
  const at = (target ?? '').indexOf('?');
  return new URLSearchParams(at === -1 ? '' : target?.slice(at + 1));
}

/** Whether it is a path, as servers are asked; absolute addresses are for forward proxies, and `*` is for nothing that is here. */
export const isPath = (target: string | undefined): boolean => target?.startsWith('/') === true;

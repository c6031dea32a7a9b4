/** The path below which everything lies on the public origin: part of the pages' build, and of what the manager takes off. */
import { withoutEnd } from './without-end.mjs';

/**
 * Without a slash at its end; empty where Drydock has the origin for itself.
 * @param {string | undefined} publicUrl DRYDOCK_PUBLIC_URL
 */
export function basePathOf(publicUrl) {
  return publicUrl === undefined || publicUrl === '' ? '' : withoutEnd(new URL(publicUrl).pathname, '/');
}

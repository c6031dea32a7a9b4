/** The tags that a version answers to. */

/**
 * `1.37.0` -> `1.37.0`, `1.37`, `1`.
 * @param {string} version
 */
export function versionTags(version) {
  const parts = version.split('.');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
}

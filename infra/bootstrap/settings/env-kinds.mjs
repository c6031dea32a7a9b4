/** What a setting's text may be. A kind answers undefined when the text is good, else what it must be. */
import { isIPv4 } from 'node:net';
import { isAbsolute } from 'node:path';

/** @typedef {(text: string) => string | undefined} Kind */

/**
 * @typedef {object} Setting
 * @property {string} name
 * @property {Kind} kind
 * @property {string | undefined} fallback what holds when it is unset; undefined = nothing, or worked out at start
 * @property {string} reason what it does and why one would change it
 * @property {boolean} [outside] not named DRYDOCK_*, but read all the same
 */

/**
 * @param {number} min
 * @param {number} max
 * @returns {Kind}
 */
export function integer(min, max) {
  return (text) => {
    const value = Number(text);
    return /^-?\d+$/.test(text) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
  };
}

/**
 * @param {number} min
 * @param {number} max
 * @returns {Kind}
 */
export function decimal(min, max) {
  return (text) => {
    const value = Number(text);
    return /^\d+(\.\d+)?$/.test(text) && value >= min && value <= max
      ? undefined
      : `must be a number from ${min} to ${max}`;
  };
}

/**
 * @param {readonly string[]} values
 * @returns {Kind}
 */
export function oneOf(values) {
  return (text) => (values.includes(text) ? undefined : `must be one of ${values.join(', ')}`);
}

/**
 * A size: a whole number of bytes, or one with k, m, g or t (powers of 1024).
 * @param {number} min bytes
 * @param {number} max bytes
 * @returns {Kind}
 */
export function size(min, max) {
  return (text) => {
    const bytes = parseSize(text);
    return bytes !== undefined && bytes >= min && bytes <= max
      ? undefined
      : `must be a size such as 512m or 10g, from ${showSize(min)} to ${showSize(max)}`;
  };
}

const UNITS = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/**
 * Bytes of a size's text, or undefined.
 * @param {string} text
 * @returns {number | undefined}
 */
export function parseSize(text) {
  const match = /^(\d+)([kmgt]?)$/i.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * UNITS[/** @type {keyof typeof UNITS} */ ((match[2] ?? '').toLowerCase())];
}

/** @param {number} bytes */
function showSize(bytes) {
  const unit = /** @type {const} */ (['t', 'g', 'm', 'k']).find((letter) => bytes >= UNITS[letter]) ?? '';
  return `${bytes / UNITS[unit]}${unit}`;
}

/** @type {Kind} */
export const absolutePath = (text) =>
  isAbsolute(text) && /^[\w/.@+-]+$/.test(text)
    ? undefined
    : 'must be an absolute path of letters, digits and . _ @ + - only';

/** @type {Kind} */
export const ipAddress = (text) =>
  /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]*$/i.test(text)
    ? undefined
    : 'must be an IP address, for example 127.0.0.1 (this machine only) or 0.0.0.0 (all who can reach it)';

/** @type {Kind} */
export const ipv4Address = (text) => (isIPv4(text) ? undefined : 'must be an IPv4 address, for example 10.0.0.11');

/** Of a domain (characters): labels of ports stand before it, and a name in DNS has 253. */
const MAX_NAME = 200;

/** @type {Kind} */
export const domainName = (text) =>
  text.length <= MAX_NAME && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(text)
    ? undefined
    : 'must be a domain name in lower case, without scheme and port';

/**
 * @param {readonly string[]} schemes
 * @returns {Kind}
 */
export function url(schemes) {
  return (text) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : '';
    return schemes.includes(scheme) ? undefined : `must be a URL that starts with ${schemes.join(':// or ')}://`;
  };
}

/** @type {Kind} */
export const flag = oneOf(['0', '1']);

/**
 * @param {RegExp} pattern
 * @param {string} description
 * @returns {Kind}
 */
export function text(pattern, description) {
  return (value) => (pattern.test(value) ? undefined : `must be ${description}`);
}

const NAME = /^(\*?\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,62}\.?$/i;

/** Networks and names separated by commas; the agent reads them, and knows what cannot be opened. @type {Kind} */
export const networksAndNames = (text) => {
  const bad = text.split(',').find((entry) => !isNetwork(entry.trim()) && !NAME.test(entry.trim()));
  return bad === undefined
    ? undefined
    : 'must be IPv4 networks and names of two labels or more, separated by commas, e.g. 10.1.0.0/16,example.org';
};

/** @param {string} entry */
function isNetwork(entry) {
  const [address = '', prefix = '32', ...more] = entry.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && more.length === 0;
}

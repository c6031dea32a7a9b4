/** The state directory: what lies in it, who owns it, and the secrets that are made once. */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readIfThere, writeAtomic } from '../common/files.mjs';
import { ownTree } from '../common/own-tree.mjs';
import { withoutEnd } from '../common/without-end.mjs';

/** Bytes of randomness in each secret: 256 bits. */
const SECRET_BYTES = 32;

/**
 * @typedef {object} Secrets
 * @property {string} agentKeyFile the local agent's key; root's
 * @property {string} managerDirectory what the manager may read: `agent-keys.json` (hashes) and `secret`
 * @property {string} redisPassword
 * @property {string} hostName the local agent's name
 */

/**
 * Makes what is missing and sets owners and modes; repeats without harm.
 * @param {import('../common/paths.mjs').Layout} layout
 * @param {import('./system-user.mjs').ServiceUsers} users
 * @returns {Secrets}
 */
export function prepareStateDir(layout, users) {
  directory(layout.state, 0o755);
  directory(layout.images, 0o755);
  directory(layout.logs, 0o750);
  directory(join(layout.state, 'nodes'), 0o700);
  ownTree(join(layout.state, 'redis'), users.redis);
  ownTree(join(layout.state, 'web'), users.web);
  directory(layout.run, 0o755);
  directory(layout.runInstance, 0o755);
  return prepareSecrets(layout.secrets, users.manager);
}

/**
 * @param {string} secrets
 * @param {import('./system-user.mjs').UserIds} user
 * @returns {Secrets}
 */
export function prepareSecrets(secrets, user) {
  directory(secrets, 0o700);
  const managerDirectory = join(secrets, 'manager');
  ownTree(managerDirectory, user);
  const hostName = localHostName(hostname());
  const agentKeyFile = join(secrets, 'agent.key');
  const key = secret(agentKeyFile);
  addAgentKey(join(managerDirectory, 'agent-keys.json'), hostName, key, user);
  secret(join(managerDirectory, 'secret'), user);
  return { agentKeyFile, managerDirectory, redisPassword: secret(join(secrets, 'redis.password')), hostName };
}

/**
 * A host's name as agents may give it (letters, digits, dots, hyphens; at most 63).
 * @param {string} name
 */
export function localHostName(name) {
  const plain = withoutEnd(name.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 63), '.-').replace(/^[.-]+/, '');
  return plain === '' ? 'host1' : plain;
}

/**
 * Puts the hash of a host's key into the manager's file; other hosts' entries stay.
 * @param {string} path
 * @param {string} name
 * @param {string} key
 * @param {import('./system-user.mjs').UserIds} user
 */
function addAgentKey(path, name, key, user) {
  const before = readIfThere(path);
  /** @type {Record<string, string>} host name -> SHA-256 of its key, in hex */
  const hashes = before === undefined ? {} : JSON.parse(before);
  const hash = createHash('sha256').update(key).digest('hex');
  if (hashes[name] === hash) return;
  writeAtomic(path, `${JSON.stringify({ ...hashes, [name]: hash }, undefined, 2)}\n`, { mode: 0o600, ...user });
}

/**
 * The secret in a file; made when it is missing.
 * @param {string} path
 * @param {import('./system-user.mjs').UserIds} [owner] default: root
 */
function secret(path, owner = { uid: 0, gid: 0 }) {
  const there = readIfThere(path)?.trim();
  if (there !== undefined && there !== '') return there;
  const made = randomBytes(SECRET_BYTES).toString('base64url');
  writeAtomic(path, `${made}\n`, { mode: 0o600, ...owner });
  return made;
}

/**
 * @param {string} path
 * @param {number} mode
 * @param {import('./system-user.mjs').UserIds} [owner] default: root
 */
function directory(path, mode, owner = { uid: 0, gid: 0 }) {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  chownSync(path, owner.uid, owner.gid);
}

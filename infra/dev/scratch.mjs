/** The directory of one `npm run dev`: keys, sockets and the fake nodes. It goes with it, and all that was started in it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {object} Scratch
 * @property {string} directory
 * @property {string} keyFile the agent's key
 * @property {string} keysFile what the manager knows of it
 * @property {() => void} remove ends what shells of fake nodes have left running, then takes the directory away
 */

/** @returns {Scratch} */
export function makeScratch() {
  // Short: paths of unix sockets have 107 characters at most (macOS: 103), and the nodes' lie deep.
  const directory = mkdtempSync(join(tmpdir(), 'dd-'));
  const [keyFile, keysFile] = [join(directory, 'agent-key'), join(directory, 'agent-keys.json')];
  const key = randomBytes(32).toString('base64url');
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(keysFile, JSON.stringify({ '*': createHash('sha256').update(key).digest('hex') }), { mode: 0o600 });
  return {
    directory,
    keyFile,
    keysFile,
    remove() {
      endPrograms(join(directory, 'nodes'));
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Programs of fake nodes have a directory below as their HOME, also those that have left their shell's session. Without /proc (macOS) they are
 * left to their terminals, which have hung up.
 * @param {string} below
 */
function endPrograms(below) {
  for (const pid of names('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      if (environment.some((variable) => variable.startsWith(`HOME=${below}/`))) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** @param {string} directory */
function names(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

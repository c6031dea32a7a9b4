/**
 * The kernel settings that nodes need (90-drydock.conf): raised at the start, put back at the stop by the last stack of the machine.
 * Nothing is ever lowered, and what somebody has changed since is left alone.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readIfThere, readJsonIfThere, writeAtomic } from '../common/files.mjs';

export const SETTINGS_FILE = fileURLToPath(new URL('90-drydock.conf', import.meta.url));

/**
 * @typedef {object} Setting
 * @property {string} name as sysctl has it
 * @property {string} least
 *
 * @typedef {object} Found a setting that is lower than it should be
 * @property {string} name
 * @property {string} least
 * @property {string} value
 *
 * @typedef {object} KernelSettings
 * @property {() => Found[]} low what is lower than nodes need; settings that this kernel lacks are not missed
 * @property {(owner: string) => {raised: Found[], refused: Found[]}} raise for the stack whose state directory is `owner`
 * @property {(owner: string) => string[]} putBack when no other stack is left; the names that were
 */

/**
 * Parses the form of sysctl.d that the file is written in.
 * @param {string} text
 * @returns {Setting[]}
 */
export function parseSettings(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-z0-9_.-]+) = (\d+)$/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ name: match[1], least: match[2] }];
  });
}

/**
 * @param {object} options
 * @param {string} options.directory where all stacks of the machine note what they have raised
 * @param {string} [options.proc] another place than /proc/sys
 * @param {readonly Setting[]} [options.settings]
 * @param {(owner: string) => boolean} [options.isThere] whether a stack that has raised them has not been stopped yet
 * @returns {KernelSettings}
 */
export function kernelSettings({
  directory,
  proc = '/proc/sys',
  settings = parseSettings(readFileSync(SETTINGS_FILE, 'utf8')),
  isThere = (owner) => existsSync(join(owner, 'supervisor.json')),
}) {
  const pathOf = (/** @type {string} */ name) => join(proc, name.replaceAll('.', '/'));
  const usersDirectory = join(directory, 'users');
  const record = join(directory, 'raised.json');
  const userFile = (/** @type {string} */ owner) =>
    join(usersDirectory, createHash('sha256').update(owner).digest('hex').slice(0, 16));

  /** @returns {Found[]} */
  function low() {
    return settings.flatMap(({ name, least }) => {
      const value = readIfThere(pathOf(name))?.trim();
      return value === undefined || !/^\d+$/.test(value) || BigInt(value) >= BigInt(least)
        ? []
        : [{ name, least, value }];
    });
  }

  /** @param {string} name @param {string} value */
  function write(name, value) {
    try {
      writeFileSync(pathOf(name), value);
      return readIfThere(pathOf(name))?.trim() === value;
    } catch {
      return false;
    }
  }

  return {
    low,
    raise(owner) {
      mkdirSync(usersDirectory, { recursive: true });
      writeFileSync(userFile(owner), owner);
      /** @type {Record<string, {before: string, set: string}>} */
      const notes = readJsonIfThere(record) ?? {};
      const found = low();
      // Noted first: who is killed in between has noted what it has not done, which putBack then leaves alone.
      for (const { name, least, value } of found) notes[name] = { before: notes[name]?.before ?? value, set: least };
      writeAtomic(record, JSON.stringify(notes));
      const raised = found.filter(({ name, least }) => write(name, least));
      return { raised, refused: found.filter((setting) => !raised.includes(setting)) };
    },
    putBack(owner) {
      rmSync(userFile(owner), { force: true });
      const others = entries(usersDirectory).map((name) => readIfThere(join(usersDirectory, name)) ?? '');
      if (others.some(isThere)) return [];
      /** @type {Record<string, {before: string, set: string}>} */
      const notes = readJsonIfThere(record) ?? {};
      const back = Object.entries(notes).filter(
        ([name, { before, set }]) => readIfThere(pathOf(name))?.trim() === set && write(name, before),
      );
      rmSync(directory, { recursive: true, force: true });
      return back.map(([name]) => name);
    },
  };
}

/**
 * What to tell the operator about settings that could not be raised; undefined when nothing is amiss.
 * @param {readonly Found[]} refused
 */
export function describeRefused(refused) {
  if (refused.length === 0) return undefined;
  const list = refused.map(({ name, value, least }) => `${name} = ${value} (${least})`).join(', ');
  return (
    `Kernel settings that are lower than nodes need, and that this machine does not let be raised: ${list}. ` +
    'One node may use up what all share; set them where the kernel is (docs/operations.md, Kernel settings).'
  );
}

/** @param {string} directory */
function entries(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

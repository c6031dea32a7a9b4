/** Which node images living nodes stand on: they must outlast what would be cleared away by age. */
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readJsonIfThere } from '../common/files.mjs';

/**
 * Reads what agents left in the store (apps/node-agent/src/runtime/runc/image-user.ts): links to their folders of nodes, where each node's
 * body.json names its image. A node of an agent that wrote no image may stand on any.
 * @param {string} directory the store of node images
 * @returns {(name: string) => boolean} whether the build of that name is in use
 */
export function imagesInUse(directory) {
  const used = new Set();
  let unknown = false;
  for (const nodesDir of usersOf(join(directory, '.users'))) {
    for (const node of nodesIn(nodesDir)) {
      const image = readJsonIfThere(join(node, 'body.json'))?.image;
      if (typeof image === 'string') used.add(basename(dirname(image)));
      else unknown = true;
    }
  }
  return (name) => unknown || used.has(name);
}

/** @param {string} users @returns {string[]} folders of nodes; links to those that are gone are removed */
function usersOf(users) {
  return entries(users).flatMap((name) => {
    const nodesDir = readlinkSync(join(users, name));
    if (entriesIfThere(nodesDir) !== undefined) return [nodesDir];
    rmSync(join(users, name), { force: true });
    return [];
  });
}

/** @param {string} nodesDir holds `SESSION/NODE/` */
function nodesIn(nodesDir) {
  return entries(nodesDir).flatMap((session) => {
    const folder = join(nodesDir, session);
    return entries(folder).map((name) => join(folder, name));
  });
}

/** @param {string} directory */
const entries = (directory) => entriesIfThere(directory) ?? [];

/** @param {string} directory */
function entriesIfThere(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return undefined;
  }
}

/** Tells the store of node images where nodes lie that may stand on them: who clears old images away looks there first. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Leaves a link to `nodesDir` in the store (infra/node-image/in-use.mjs reads it); the same one each time. */
export async function tellImageUser(imagesDir: string, nodesDir: string): Promise<void> {
  const users = join(imagesDir, 'node', '.users');
  await mkdir(users, { recursive: true, mode: 0o755 });
  const link = join(users, createHash('sha256').update(nodesDir).digest('hex').slice(0, 16));
  const part = `${link}.${process.pid}`;
  await rm(part, { force: true });
  await symlink(nodesDir, part);
  await rename(part, link);
}

/**
 * body.json: under which key a node was made, in its directory. Its cgroups and ids have that key's name for life, since a cgroup
 * cannot be moved below another; its directory, and with it this file, is renamed when the node gets another key.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type NodeKey, writtenKey } from './runtime.ts';

const bodySchema = z.object({
  sessionId: z.string(),
  name: z.string(),
  /** What it was made of; equal for nodes that are alike. */
  recipe: z.string(),
  /** The root of the image that it stands on, by its real path: who clears images away looks here (infra/node-image/in-use.mjs). */
  image: z.string().optional(),
});
export type NodeBody = z.infer<typeof bodySchema>;

/** Writes it, whole or not at all. */
export async function writeBody(directory: string, body: NodeBody): Promise<void> {
  const file = join(directory, 'body.json');
  await writeFile(`${file}.part`, JSON.stringify(body), { mode: 0o600 });
  await rename(`${file}.part`, file);
}

/** The node's body; undefined when there is none to be read. */
export async function readBody(directory: string): Promise<NodeBody | undefined> {
  const text = await readFile(join(directory, 'body.json'), 'utf8').catch(() => '');
  try {
    return bodySchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The key under which a node was made: its own when nothing else is known. */
export async function bodyKey(directory: string, key: NodeKey): Promise<NodeKey> {
  const { sessionId, name } = (await readBody(directory)) ?? key;
  return writtenKey(sessionId, name);
}

/** node.json: what the agent means a node to be, written before its first resource is made and read by the next agent. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeLimitsSchema, nodeNameSchema, sessionIdSchema } from '@drydock/protocol';
import { z } from 'zod';

const nodeRecordSchema = z.object({
  sessionId: sessionIdSchema,
  name: nodeNameSchema,
  index: z.number().int().min(1),
  limits: nodeLimitsSchema,
  egress: z.enum(['internet', 'mirror-only', 'none']),
  createdAt: z.number().int(),
  /** `creating` until the node is whole: an agent that finds it so after a crash removes the node. */
  phase: z.enum(['creating', 'running']),
});
export type NodeRecord = z.infer<typeof nodeRecordSchema>;

export interface NodeRecords {
  write(record: NodeRecord): Promise<void>;
  /** Every readable record; what cannot be read is no record. */
  readAll(): Promise<NodeRecord[]>;
}

/** Builds the records below `nodesDir` (`<session>/<node>/node.json`). They go with the node's directory. */
export function createNodeRecords(nodesDir: string): NodeRecords {
  const file = (sessionId: string, name: string) => join(nodesDir, sessionId, name, 'node.json');
  return {
    async write(record) {
      const path = file(record.sessionId, record.name);
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await writeFile(`${path}.part`, JSON.stringify(record), { mode: 0o600 });
      await rename(`${path}.part`, path);
    },
    async readAll() {
      const records: NodeRecord[] = [];
      for (const sessionId of await readdir(nodesDir).catch(() => [])) {
        for (const name of await readdir(join(nodesDir, sessionId)).catch(() => [])) {
          const parsed = nodeRecordSchema.safeParse(await readJson(file(sessionId, name)));
          if (parsed.success && parsed.data.sessionId === sessionId && parsed.data.name === name)
            records.push(parsed.data);
        }
      }
      return records;
    },
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Which hosts may connect: names and SHA-256 hashes of their keys, from a file that may change while we run. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostNameSchema } from '@drydock/protocol';

/** Name under which a key opens for every host; for tests and single-host installs. */
const ANY_HOST = '*';

export interface AgentKeys {
  /** Whether `key` is the key of host `name`; false also when the file cannot be read. */
  allows(name: string, key: string): Promise<boolean>;
}

/**
 * Parses the file: a JSON object `{"<host>": "<sha256 hex>"}`, or lines `<host> <sha256 hex>`.
 * @throws Error naming the first bad entry.
 */
export function parseAgentKeys(text: string): Map<string, string> {
  const entries: [string, unknown][] = text.trimStart().startsWith('{')
    ? Object.entries(JSON.parse(text) as Record<string, unknown>)
    : text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => {
          const [name = '', hash] = line.split(/[\s:]+/);
          return [name, hash];
        });
  const keys = new Map<string, string>();
  for (const [name, hash] of entries) {
    const nameIsGood = name === ANY_HOST || hostNameSchema.safeParse(name).success;
    if (!nameIsGood || typeof hash !== 'string' || !/^[0-9a-f]{64}$/i.test(hash)) {
      throw new Error(`bad entry for host ${JSON.stringify(name)}`);
    }
    keys.set(name, hash.toLowerCase());
  }
  return keys;
}

/** Reads `path` at each question: hosts are added while the manager runs, and connections are rare. */
export function createAgentKeys(path: string): AgentKeys {
  return {
    async allows(name, key) {
      const keys = parseAgentKeys(await readFile(path, 'utf8').catch(() => ''));
      const wanted = keys.get(name) ?? keys.get(ANY_HOST);
      if (wanted === undefined) return false;
      const given = createHash('sha256').update(key).digest();
      return timingSafeEqual(given, Buffer.from(wanted, 'hex'));
    },
  };
}

/** Asks dd-census what the network namespaces of a node hold of the kernel's memory. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

/** A node at its limit of processes and namespaces takes some seconds; what takes longer is told as a failure (ms). */
const CENSUS_MS = 30_000;

const censusSchema = z.object({
  namespaces: z.number().int(),
  neighbours: z.number().int(),
  connections: z.number().int(),
  socketBytes: z.number().int(),
  transportBytes: z.number().int(),
});
export type Census = z.infer<typeof censusSchema>;

/** Counts for the processes of one node. @throws Error when the program fails or takes too long. */
export function takeCensus(nativeDir: string, pids: readonly number[]): Promise<Census> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(nativeDir, 'dd-census'), [], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
      timeout: CENSUS_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(censusSchema.parse(JSON.parse(said)));
      else reject(new Error(`dd-census failed (${signal ?? code})`));
    });
    child.stdin.on('error', () => undefined); // It has ended: the code says why.
    child.stdin.end(pids.map((pid) => `${pid}\n`).join(''));
  });
}

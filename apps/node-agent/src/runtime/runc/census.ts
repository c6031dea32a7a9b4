/** Asks dd-census what the network namespaces of a node hold of the kernel's memory, and has it given back. */
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
  terminals: z.number().int(),
  descriptors: z.number().int(),
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

/**
 * Keeps the network namespaces of a node's processes until what it resolves with is called, which empties their queues. What waits before a link
 * of a namespace that nobody is in keeps that namespace, and is lost until the host starts again. A failure is told and ends nothing.
 */
export function keepNamespaces(
  nativeDir: string,
  pids: readonly number[],
  onFailure: (err: Error) => void,
): Promise<() => Promise<void>> {
  return new Promise((resolve) => {
    const child = spawn(join(nativeDir, 'dd-census'), ['--drain'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {},
      timeout: CENSUS_MS,
      killSignal: 'SIGKILL',
    });
    const ended = new Promise<void>((done) => {
      child.once('error', (err) => {
        onFailure(err);
        done();
      });
      child.once('close', (code, signal) => {
        if (code !== 0) onFailure(new Error(`dd-census --drain failed (${signal ?? code})`));
        done();
      });
    });
    const drain = () => {
      child.stdin.end();
      return ended;
    };
    child.stdout.once('data', () => resolve(drain));
    void ended.then(() => resolve(drain));
    child.stdin.on('error', () => undefined); // It has ended: the code says why.
    child.stdin.write(
      pids
        .map((pid) => `${pid}\n`)
        .join('')
        .concat('\n'),
    );
  });
}

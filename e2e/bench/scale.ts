/** How far scheduler, store and managers go: hosts and sessions by the hundred and the thousand, with fake nodes, apart from the stack. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure, Figures } from './figures.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export async function benchScale(_origin: string, figures: Figures): Promise<void> {
  const args = ['--conditions=source', '--import', 'tsx', 'apps/session-manager/src/bench/scale-main.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, maxBuffer: 2 ** 20 });
  figures.add(JSON.parse(stdout) as Record<string, Figure>);
}

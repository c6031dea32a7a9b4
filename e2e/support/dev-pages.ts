/** The web's pages as `next dev` serves them, without a server behind: for what exists in development alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '@drydock/testkit';

const web = fileURLToPath(new URL('../../apps/web', import.meta.url));

export interface DevPages {
  origin: string;
  stop(): Promise<void>;
}

/** Starts the pages on a free port; resolves when they are served. */
export async function startDevPages(): Promise<DevPages> {
  const port = await freePort();
  const child = spawn('npx', ['next', 'dev', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: web,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'development' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // The server is a child of npx: both end with their group.
    detached: true,
  });
  const ended = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => /Ready in/.test(line) && resolve());
    child.once('exit', (code) => reject(new Error(`next dev ended with ${code}`)));
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}

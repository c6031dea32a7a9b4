import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REPO } from '../common/paths.mjs';
import { answersPing } from './readiness.mjs';

let directory;
let host;
let systemd;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drydock-liveness-'));
});
afterEach(() => {
  host?.kill('SIGKILL');
  systemd?.kill();
  rmSync(directory, { recursive: true });
});

/** Starts a real terminal host on a socket of its own, with `extra` in its environment. */
function startHost(socket, extra = {}) {
  const main = join(REPO, 'apps/node-agent/src/terminals-main.ts');
  return spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main], {
    cwd: REPO,
    env: {
      PATH: process.env.PATH,
      DRYDOCK_RUNTIME: 'fake',
      DRYDOCK_TERMINALS_SOCKET: socket,
      DRYDOCK_LOG_LEVEL: 'silent',
      ...extra,
    },
    stdio: 'inherit',
  });
}

it('a real terminal host answers, and one whose event loop stands still does not', async () => {
  const socket = join(directory, 'socket');
  host = startHost(socket);
  await expect.poll(() => answersPing(socket), { timeout: 20_000 }).toBe(true);
  host.kill('SIGSTOP');
  expect(await answersPing(socket)).toBe(false);
  host.kill('SIGCONT');
  expect(await answersPing(socket)).toBe(true);
});

const whyNot = existsSync('/usr/bin/systemd-notify') ? '' : ' (skipped: no systemd-notify)';
it.skipIf(whyNot !== '')(
  `systemd hears of a terminal host while its event loop turns, and no longer${whyNot}`,
  async () => {
    const notify = join(directory, 'notify');
    const listen = `use IO::Socket::UNIX; $| = 1; my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die $!;
    print "listening\\n"; print "$m\\n" while defined $s->recv($m, 4096)`;
    systemd = spawn('perl', ['-e', listen, notify], { stdio: ['ignore', 'pipe', 'inherit'] });
    let heard = '';
    systemd.stdout.on('data', (chunk) => {
      heard += chunk;
    });
    const signs = () => heard.split('WATCHDOG=1').length - 1;
    await expect.poll(() => heard).toContain('listening');
    host = startHost(join(directory, 'socket'), { NOTIFY_SOCKET: notify, WATCHDOG_USEC: '400000' });
    await expect.poll(signs, { timeout: 20_000 }).toBeGreaterThan(2);
    host.kill('SIGSTOP');
    // Those that are on their way arrive; then a whole wait of systemd's, and more, without one.
    const more = async () => {
      const before = signs();
      await sleep(1000);
      return signs() - before;
    };
    await expect.poll(more).toBe(0);
    host.kill('SIGCONT');
    await expect.poll(more).toBeGreaterThan(0);
  },
);

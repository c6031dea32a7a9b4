/** What the attempts are after on the host: a process, a socket and a port that the suite opens there, and facts of this machine. */
import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '../stack.ts';
import type { HostFacts } from './attempt.ts';

/** The default of DRYDOCK_NODE_DISK (bytes). */
const NODE_DISK_BYTES = 10 * 1024 ** 3;

async function listen(...where: [number, string] | [string]): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).end());
  if (where.length === 1) server.listen(where[0]);
  else server.listen(...where);
  await once(server, 'listening');
  return server;
}

/** A loop device over a file of the suite's own, and how to let go of it. */
function openDisk(): { device: string; close(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'ddt-disk-'));
  const file = join(directory, 'disk');
  writeFileSync(file, Buffer.alloc(1024 ** 2, 'secret'));
  const device = execFileSync('losetup', ['--find', '--show', '--read-only', file], { encoding: 'utf8' }).trim();
  return {
    device,
    close() {
      execFileSync('losetup', ['--detach', device]);
      rmSync(directory, { recursive: true });
    },
  };
}

/** Linux's encoding of a device number as stat gives it (sysmacros.h), for majors below 4096. */
function deviceNumber(number: number): { major: number; minor: number } {
  return { major: (number >> 8) & 0xfff, minor: (number & 0xff) | ((number >> 12) & 0xfff00) };
}

/** Opens them; `close` ends and closes all that was opened. */
export async function openHost(stack: Stack): Promise<{ facts: HostFacts; close(): void }> {
  const names = { victim: String(randomInt(2 ** 40, 2 ** 41)), abstractSocket: `drydock-escape-${randomInt(2 ** 40)}` };
  const disk = openDisk();
  const child = spawn('sleep', [names.victim], { stdio: 'ignore' });
  const tcp = await listen(0, '0.0.0.0');
  const servers = [tcp, await listen(`\0${names.abstractSocket}`)];
  return {
    facts: {
      ...names,
      disks: [deviceNumber(statSync(disk.device).rdev), deviceNumber(statSync('/').dev)],
      ports: [(tcp.address() as AddressInfo).port, Number(new URL(stack.origin).port)],
      addresses: Object.values(networkInterfaces()).flatMap((all) =>
        (all ?? []).flatMap(({ family, address }) => (family === 'IPv4' ? [address] : [])),
      ),
      namespaces: ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'].map((name) =>
        readlinkSync(`/proc/self/ns/${name}`),
      ),
      hostname: hostname(),
      directory: stack.stateDir,
      diskBytes: NODE_DISK_BYTES,
    },
    close() {
      child.kill('SIGKILL');
      disk.close();
      for (const server of servers) server.close();
    },
  };
}

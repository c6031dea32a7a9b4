/**
 * A node without its guards, for the proof that each escape attempt can succeed: made by runc from a real node's own OCI spec, with
 * the user namespace, the seccomp profile, the device list, the masks and all but its mount namespace taken away. Test code only:
 * nothing in the product can make one.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HostFacts } from './escape/attempt.ts';
import type { Stack } from './stack.ts';

const run = promisify(execFile);

/** What is changed of the spec that the agent writes; the rest is taken as it is. */
interface Spec {
  hostname: string;
  process: object;
  mounts: { destination: string }[];
  linux: { uidMappings: unknown; gidMappings: unknown; seccomp: unknown };
}

/** The kernel's capabilities by name (linux/capability.h), in its order. */
const CAPABILITIES =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE
SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM
BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`.split(/\s+/);

/** All that this process has itself. */
function ownCapabilities(): string[] {
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  return CAPABILITIES.filter((_, bit) => (mask >> BigInt(bit)) & 1n).map((name) => `CAP_${name}`);
}

export interface WeakenedNode {
  /** Runs `script` with bash as its root. */
  sh(script: string): Promise<string>;
  close(): Promise<void>;
}

function weaken(spec: Spec, where: { root: string; cgroup: string; disk: HostFacts['disks'][number] }): object {
  const { uidMappings: _uids, gidMappings: _gids, seccomp: _seccomp, ...linux } = spec.linux;
  const all = ownCapabilities();
  // Without a UTS namespace of its own its hostname would be the host's, and is not set.
  const { hostname: _hostname, ...rest } = spec;
  return {
    ...rest,
    root: { path: where.root, readonly: false },
    process: {
      ...spec.process,
      args: ['sleep', 'infinity'],
      capabilities: { bounding: all, effective: all, permitted: all },
    },
    // Its own places for Docker's data and for a second /proc are the real node's.
    mounts: spec.mounts.filter(({ destination }) => !/^\/(var\/lib\/docker|dev\/\.lxc\/.*)$/.test(destination)),
    linux: {
      ...linux,
      namespaces: [{ type: 'mount' }],
      cgroupsPath: where.cgroup,
      maskedPaths: [],
      readonlyPaths: [],
      devices: [{ path: '/dev/vda', type: 'b', ...where.disk, fileMode: 0o600, uid: 0, gid: 0 }],
      resources: { devices: [{ allow: true, access: 'rwm' }] },
    },
  };
}

/** Makes one out of the spec of `node` of session `sessionId`. */
export async function openWeakenedNode(
  stack: Stack,
  sessionId: string,
  node: string,
  disk: HostFacts['disks'][number],
): Promise<WeakenedNode> {
  const directory = mkdtempSync(join(tmpdir(), 'ddt-weak-'));
  const name = directory.slice(directory.lastIndexOf('/') + 1);
  const runc = (...args: string[]) =>
    run('runc', ['--root', join(directory, 'runc'), ...args], { maxBuffer: 1024 ** 2 });
  const [upper, work, root] = ['upper', 'work', 'root'].map((part) => join(directory, part)) as [
    string,
    string,
    string,
  ];
  for (const path of [upper, work, root]) mkdirSync(path);
  const bundle = join(stack.stateDir, 'nodes', sessionId, node, 'bundle', 'config.json');
  const spec = JSON.parse(readFileSync(bundle, 'utf8')) as Spec;
  writeFileSync(join(directory, 'config.json'), JSON.stringify(weaken(spec, { root, cgroup: `/${name}`, disk })));
  const image = realpathSync(join(stack.env.DRYDOCK_IMAGES_DIR as string, 'node', 'current', 'rootfs'));
  await run('mount', ['-t', 'overlay', '-o', `lowerdir=${image},upperdir=${upper},workdir=${work}`, 'overlay', root]);
  const close = async () => {
    await runc('delete', '--force', name).catch(() => undefined);
    await run('umount', [root]);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    // Its output is no pipe of ours: the first process keeps it.
    await run('sh', [
      '-c',
      `exec runc --root ${directory}/runc run --detach --bundle ${directory} ${name} >${directory}/log 2>&1`,
    ]);
  } catch (error) {
    const said = readFileSync(join(directory, 'log'), 'utf8');
    await close();
    throw new Error(`the weakened node was not made: ${said}`, { cause: error });
  }
  return {
    async sh(script) {
      const { stdout } = await runc('exec', name, 'bash', '-lc', script);
      return stdout;
    },
    close,
  };
}

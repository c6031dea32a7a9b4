import { expect, test } from 'vitest';
import { limitedCommand, NODE_ID_COUNT, nodeRlimits } from '../node-rights.ts';
import { ociSpec } from './oci-spec.ts';

const INPUT = {
  hostname: 'node1',
  root: '/stage/root',
  data: '/stage/data',
  userNamespace: '/stage/user',
  idBase: 0x1000_0000,
  cgroupsPath: '/drydock/abcdefgh/node1/node',
  seccomp: { defaultAction: 'SCMP_ACT_ERRNO' },
  memoryBytes: 1024 ** 3,
};
const spec = ociSpec(INPUT) as {
  process: { capabilities: Record<string, string[]>; noNewPrivileges: boolean };
  linux: Record<string, unknown> & { namespaces: { type: string; path?: string }[]; maskedPaths: string[] };
  mounts: { destination: string; type: string; source: string; options: string[] }[];
};

test('every namespace is the node’s own', () => {
  expect(spec.linux.namespaces).toEqual([
    ...['pid', 'ipc', 'uts', 'mount', 'network', 'cgroup'].map((type) => ({ type })),
    { type: 'user', path: '/stage/user' },
  ]);
  expect(spec.linux.uidMappings).toEqual([{ containerID: 0, hostID: 0x1000_0000, size: NODE_ID_COUNT }]);
  expect(spec.linux.gidMappings).toEqual(spec.linux.uidMappings);
});

test('the AppArmor profile is that of the first process when the host has one, and is not named when it has none', () => {
  expect(ociSpec({ ...INPUT, apparmorProfile: 'drydock-node' }).process).toMatchObject({
    apparmorProfile: 'drydock-node',
  });
  expect(spec.process).not.toHaveProperty('apparmorProfile');
});

test('capabilities that mean something on the host alone are left out of every set', () => {
  for (const set of ['bounding', 'effective', 'permitted']) {
    for (const name of ['MODULE', 'RAWIO', 'TIME', 'BOOT']) {
      expect(spec.process.capabilities[set]).not.toContain(`CAP_SYS_${name}`);
    }
    expect(spec.process.capabilities[set]).not.toContain('CAP_BPF');
    expect(spec.process.capabilities[set]).toContain('CAP_SYS_ADMIN');
  }
  expect(spec.process.capabilities).not.toHaveProperty('inheritable');
  expect(spec.process.capabilities).not.toHaveProperty('ambient');
});

test('nothing of the host is mounted but the node’s own data', () => {
  const binds = spec.mounts.filter(({ type, options }) => type === 'bind' || options.includes('rbind'));
  expect(binds.map(({ source, destination }) => [source, destination])).toEqual([['/stage/data', '/var/lib/docker']]);
  expect(spec.mounts.filter(({ source }) => source.startsWith('/') && source !== '/stage/data')).toEqual([]);
  for (const { destination, options } of spec.mounts) {
    if (destination !== '/var/lib/docker') expect(options).toContain('nosuid');
  }
  expect(spec.linux.maskedPaths).toContain('/proc/kcore');
});

test('no device is added, and the filter is the one given', () => {
  expect(spec.linux).not.toHaveProperty('devices');
  expect(spec.linux.seccomp).toEqual({ defaultAction: 'SCMP_ACT_ERRNO' });
  // runc could not set them everywhere (node-rights.ts).
  expect(spec.process).not.toHaveProperty('rlimits');
  expect(limitedCommand([{ name: 'nofile', soft: 1000, hard: 2000 }])).toEqual(['prlimit', '--nofile=1000:2000']);
});

const LIMITS = [
  'Limit                     Soft Limit           Hard Limit           Units     ',
  'Max core file size        0                    unlimited            bytes     ',
  'Max open files            1024                 20000                files     ',
  'Max locked memory         8388608              8388608              bytes     ',
].join('\n');

test('an agent that may raise limits gives nodes what they should have', () => {
  expect(nodeRlimits('CapEff:\t000001ffffffffff\n', LIMITS)[0]).toEqual({
    name: 'nofile',
    soft: 1_048_576,
    hard: 1_048_576,
  });
});

test('an agent that may not raise limits gives nodes at most its own', () => {
  const limits = nodeRlimits('CapEff:\t000001fffeffffff\n', LIMITS);
  expect(limits).toEqual([
    { name: 'nofile', soft: 20_000, hard: 20_000 },
    { name: 'core', soft: 1, hard: 1 },
    { name: 'memlock', soft: 8_388_608, hard: 8_388_608 },
  ]);
});

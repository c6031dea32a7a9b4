import { expect, test } from 'vitest';
import { allowsNetlink, emulatedPlatforms, imagePlatforms } from './runc-features.ts';

const profile = {
  syscalls: [
    { names: ['read', 'write'], action: 'SCMP_ACT_ALLOW' },
    { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 2 }] },
    {
      names: ['socket'],
      action: 'SCMP_ACT_ALLOW',
      args: [
        { index: 0, value: 16 },
        { index: 2, value: 0 },
      ],
    },
    {
      names: ['socket'],
      action: 'SCMP_ACT_ERRNO',
      args: [
        { index: 0, value: 16 },
        { index: 2, value: 6 },
      ],
    },
  ],
};

test('a netlink protocol is allowed only by a rule that allows it', () => {
  expect(allowsNetlink(profile, 0)).toBe(true);
  expect(allowsNetlink(profile, 6)).toBe(false);
  expect(allowsNetlink({ syscalls: [{ names: ['socket'], action: 'SCMP_ACT_ALLOW' }] }, 6)).toBe(true);
});

test('an emulator counts only when it is enabled and works in another root', () => {
  const entry = (state: string, flags: string) => `${state}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset 0\n`;
  const entries = new Map([
    ['qemu-aarch64', entry('enabled', 'POCF')],
    ['qemu-arm', entry('disabled', 'F')],
    ['qemu-s390x', entry('enabled', 'OC')],
    ['python3', entry('enabled', 'F')],
  ]);
  expect(emulatedPlatforms(entries)).toEqual(['linux/arm64']);
});

test('the emulators of a node image tell its platforms', () => {
  expect(imagePlatforms(['init', 'qemu-aarch64', 'qemu-arm', 'swarm-mesh'])).toEqual(['linux/arm64', 'linux/arm/v7']);
  expect(imagePlatforms(['init', 'swarm-mesh'])).toEqual([]);
});

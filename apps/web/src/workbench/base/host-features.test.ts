import type { HostFeatures } from '@drydock/protocol';
import { expect, test } from 'vitest';
import { featuresText } from './host-features.ts';

const host: HostFeatures = {
  ingress: 'mesh',
  encryptedOverlay: true,
  vlan: true,
  platforms: ['linux/amd64', 'linux/arm64'],
  cgroup: 2,
  isolation: 'shared-kernel',
  egress: 'internet',
};

test('a host that can do everything is told by its platforms alone', () => {
  expect(featuresText(host)).toEqual(['Images for linux/amd64, linux/arm64 run.']);
});

test('whatever a host cannot do is said', () => {
  const poor = featuresText({
    ...host,
    ingress: 'none',
    encryptedOverlay: false,
    vlan: false,
    platforms: ['linux/amd64'],
    egress: 'mirror-only',
    figures: 'host',
  });
  expect(poor).toHaveLength(6);
  expect(poor.join(' ')).toMatch(/library.*other processors do not.*swarm services.*-o encrypted.*VLAN.*whole machine/);
});

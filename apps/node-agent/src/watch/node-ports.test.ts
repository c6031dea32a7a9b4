import { expect, test } from 'vitest';
import type { ListeningSocket } from '../runtime/runtime.ts';
import type { DockerView, PublishedByDocker } from './docker-view.ts';
import { nodePorts } from './node-ports.ts';

const socket = (port: number, program: string, more: Partial<ListeningSocket> = {}): ListeningSocket => ({
  port,
  program,
  protocol: 'tcp',
  reach: 'any',
  ...more,
});
const view = (published: PublishedByDocker[] = [], ingress: [number, string][] = []): DockerView => ({
  published,
  ingress: new Map(ingress),
  swarm: { role: 'none', leader: false },
});
const web: PublishedByDocker = { port: 8080, protocol: 'tcp', source: 'container', label: 'web', loopback: false };

test('a process, a container and a service are told apart and named', () => {
  const sockets = [socket(3000, 'node'), socket(8080, 'docker-proxy'), socket(9090, 'swarm-mesh')];
  expect(nodePorts(sockets, view([web], [[9090, 'front']]))).toEqual([
    { port: 3000, protocol: 'tcp', source: 'process', label: 'node' },
    { port: 8080, protocol: 'tcp', source: 'container', label: 'web' },
    { port: 9090, protocol: 'tcp', source: 'swarm', label: 'front' },
  ]);
});

test('a published port shows before Docker has named it, and without a proxy process too', () => {
  expect(nodePorts([socket(8080, 'docker-proxy')], undefined)).toEqual([
    { port: 8080, protocol: 'tcp', source: 'container' },
  ]);
  expect(nodePorts([], view([web]))).toEqual([{ port: 8080, protocol: 'tcp', source: 'container', label: 'web' }]);
});

test('ports that are never opened and those of Docker itself are not reported', () => {
  const own = [22, 2375, 2376, 2377, 7946].map((port) => socket(port, 'x'));
  const engine = [socket(4243, 'dockerd'), socket(35_111, 'containerd', { reach: 'loopback' })];
  const overlay = socket(4789, '', { protocol: 'udp' });
  expect(nodePorts([...own, ...engine, overlay], view([{ ...web, port: 2375 }]))).toEqual([]);
});

test('a service’s port counts only while something holds it, once, by the likely protocol', () => {
  const ingress = view([], [[9090, 'front']]);
  expect(nodePorts([], ingress)).toEqual([]);
  const both = [socket(9090, 'swarm-mesh'), socket(9090, 'swarm-mesh', { protocol: 'udp' })];
  expect(nodePorts(both, ingress)).toEqual([{ port: 9090, protocol: 'tcp', source: 'swarm', label: 'front' }]);
  expect(nodePorts([socket(9090, 'dockerd')], ingress)).toEqual([
    { port: 9090, protocol: 'tcp', source: 'swarm', label: 'front' },
  ]);
  const dns = [socket(53, 'swarm-mesh', { protocol: 'udp' })];
  expect(nodePorts(dns, ingress)).toEqual([{ port: 53, protocol: 'udp', source: 'swarm' }]);
});

test('what listens on the loopback alone says so', () => {
  const inner = { ...web, loopback: true };
  const proxy = socket(8080, 'docker-proxy', { reach: 'loopback' });
  const expected = { port: 8080, protocol: 'tcp', source: 'container', label: 'web', loopback: true };
  expect(nodePorts([proxy], view([inner]))).toEqual([expected]);
  const { loopback: _, ...wide } = expected;
  expect(nodePorts([socket(8080, 'docker-proxy')], view([web, inner]))).toEqual([wide]);
});

test('a flood of ports and hostile names stay within bounds', () => {
  const flood = Array.from({ length: 2000 }, (_, at) => socket(10_000 + at, 'x'));
  expect(nodePorts(flood, undefined)).toHaveLength(256);
  const hostile = view([{ ...web, label: `\u001b[31m\u202e${'x'.repeat(1000)}` }]);
  const label = nodePorts([], hostile)[0]?.label as string;
  expect(label).toHaveLength(128);
  expect(label).not.toMatch(/\p{C}/u);
});

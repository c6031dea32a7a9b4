import { describe, expect, it } from 'vitest';
import { parseSwarm } from './swarm-view.ts';

const NOW = Date.parse('2026-11-24T02:00:00Z');
const nodes = [
  {
    ID: 'n1',
    Spec: { Role: 'manager', Availability: 'active' },
    Description: { Hostname: 'mgr1' },
    Status: { State: 'ready', Addr: '0.0.0.0' },
    ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '192.168.0.11:2377' },
  },
  {
    ID: 'n2',
    Spec: { Role: 'worker', Availability: 'drain' },
    Description: { Hostname: 'wrk1' },
    Status: { State: 'down', Addr: '192.168.0.12' },
  },
];
const services = [
  {
    ID: 's1',
    CreatedAt: '2026-11-24T01:02:03.456789Z',
    Spec: {
      Name: 'web',
      Mode: { Replicated: { Replicas: 3 } },
      TaskTemplate: { ContainerSpec: { Image: 'drydock/web:1@sha256:00ff' }, Networks: [{ Target: 'net1' }] },
    },
    Endpoint: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' }] },
    UpdateStatus: { State: 'updating' },
  },
  {
    ID: 's2',
    Spec: { Name: 'agent', Mode: { Global: {} }, TaskTemplate: { ContainerSpec: { Image: 'busybox' } } },
    Endpoint: {},
  },
];
const task = (id: string, desired: string, updated: string) => ({
  ID: id,
  ServiceID: 's1',
  NodeID: 'n1',
  Slot: 1,
  UpdatedAt: updated,
  DesiredState: desired,
  Status: { State: desired === 'running' ? 'running' : 'failed', Err: 'task: non-zero exit (1)' },
  NetworksAttachments: [{ Network: { ID: 'net1' }, Addresses: ['10.0.1.5/24'] }],
});
const networks = [
  { Id: 'net1', Name: 'ingress', Driver: 'overlay', Ingress: true, IPAM: { Config: [{ Subnet: '10.0.0.0/24' }] } },
  { Id: 'net2', Name: 'sealed', Driver: 'overlay', Options: { encrypted: '' } },
];

describe('a swarm’s answer', () => {
  it('becomes managers, workers, leader, services, tasks and networks', () => {
    const tasks = [task('t1', 'shutdown', '2026-11-24T01:59:30Z'), task('t2', 'running', '2026-11-24T01:00:00Z')];
    const view = parseSwarm({ nodes, services, tasks, networks }, NOW);
    expect(view.leader).toBe('mgr1');
    expect(view.managers).toEqual([
      { id: 'n1', name: 'mgr1', ip: '192.168.0.11', state: 'ready', availability: 'active', reachability: 'reachable' },
    ]);
    expect(view.workers).toEqual([
      { id: 'n2', name: 'wrk1', ip: '192.168.0.12', state: 'down', availability: 'drain' },
    ]);
    expect(view.services[0]).toMatchObject({
      image: 'drydock/web:1',
      mode: 'replicated',
      replicas: 3,
      update: 'updating',
      networks: ['net1'],
      ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }],
    });
    expect(view.services[1]).toMatchObject({ mode: 'global', replicas: null, ports: [] });
    expect(view.tasks.map(({ id }) => id)).toEqual(['t2', 't1']);
    expect(view.tasks[1]).toMatchObject({
      state: 'failed',
      error: 'task: non-zero exit (1)',
      networks: [{ id: 'net1', address: '10.0.1.5' }],
    });
    expect(view.networks[0]).toMatchObject({ name: 'ingress', ingress: true, subnets: ['10.0.0.0/24'] });
    expect(view.networks.map(({ encrypted = false }) => encrypted)).toEqual([false, true]);
  });

  it('leaves out tasks that ended long ago, and keeps those that should run however old they are', () => {
    const tasks = [task('old', 'shutdown', '2026-11-24T01:50:00Z'), task('runs', 'running', '2026-11-20T00:00:00Z')];
    expect(parseSwarm({ nodes, services, tasks, networks }, NOW).tasks.map(({ id }) => id)).toEqual(['runs']);
  });

  it('is bounded, and what should run is what stays', () => {
    const tasks = Array.from({ length: 3000 }, (_, at) =>
      task(`t${at}`, at % 2 === 0 ? 'shutdown' : 'running', '2026-11-24T01:59:59Z'),
    );
    const view = parseSwarm({ nodes, services, tasks, networks }, NOW);
    expect(view.tasks).toHaveLength(1000);
    expect(new Set(view.tasks.map(({ desired }) => desired))).toEqual(new Set(['running']));
  });

  it('is refused when it is something else, since a learner may have replaced every program in the node', () => {
    for (const answers of [
      { nodes: 'no', services, tasks: [], networks },
      { nodes: {}, services: {}, tasks: {}, networks: {} },
      { nodes, services: [{ ID: 5 }], tasks: [], networks },
    ]) {
      expect(() => parseSwarm(answers, NOW)).toThrow();
    }
  });
});

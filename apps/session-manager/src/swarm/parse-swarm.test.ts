import { describe, expect, it } from 'vitest';
import { parseSwarm } from './parse-swarm.ts';

const nodes = [
  {
    ID: 'n1',
    Spec: { Role: 'manager', Availability: 'active' },
    Hostname: 'mgr1',
    State: 'ready',
    Addr: '0.0.0.0',
    ManagerStatus: { Leader: true, Reachability: 'reachable', Addr: '192.168.0.11:2377' },
  },
  {
    ID: 'n2',
    Spec: { Role: 'worker', Availability: 'drain' },
    Hostname: 'wrk1',
    State: 'down',
    Addr: '192.168.0.12',
    ManagerStatus: null,
  },
];
const services = [
  {
    ID: 's1',
    Name: 'web',
    Image: 'drydock/web:1@sha256:00ff',
    CreatedAt: '2026-11-24T01:02:03.456789Z',
    Mode: { Replicated: { Replicas: 3 } },
    Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' }],
    Networks: ['net1'],
    Update: 'updating',
  },
  { ID: 's2', Name: 'agent', Image: 'busybox', Mode: { Global: {} }, Ports: null, Networks: [], Update: null },
];
const tasks = [
  {
    ID: 't1',
    ServiceID: 's1',
    NodeID: 'n1',
    Slot: 1,
    State: 'failed',
    Desired: 'shutdown',
    Error: 'task: non-zero exit (1)',
  },
];
const networks = [
  { Id: 'net1', Name: 'ingress', Driver: 'overlay', Ingress: true, Attachable: false, Subnets: ['10.0.0.0/24'] },
];
const lines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

describe('a swarm’s answer', () => {
  it('becomes managers, workers, leader, services, tasks and networks', () => {
    const view = parseSwarm(lines(nodes, services, tasks, networks));
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
      ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }],
    });
    expect(view.services[1]).toMatchObject({ mode: 'global', replicas: null, ports: [] });
    expect(view.tasks[0]).toMatchObject({ state: 'failed', error: 'task: non-zero exit (1)' });
    expect(view.networks[0]).toMatchObject({ name: 'ingress', ingress: true });
  });

  it('is refused when it is something else, since a learner may have replaced every program in the node', () => {
    for (const stdout of ['', 'no', lines(nodes), lines({}, {}, {}, {}), lines(nodes, [{ ID: 5 }], [], [])]) {
      expect(() => parseSwarm(stdout)).toThrow(expect.objectContaining({ code: 'NODE_NOT_READY' }));
    }
  });
});

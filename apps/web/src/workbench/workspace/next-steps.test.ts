import { expect, test } from 'vitest';
import { STORY_PORTS, storyNode, storySnapshot } from '../../dev/fixtures.ts';
import type { WorkbenchData } from '../session/workbench-store.ts';
import { nextSteps } from './next-steps.ts';

const plain = (names: readonly string[]) => names.map((name, index) => storyNode(name, index + 1));
function session(change: Partial<WorkbenchData> & { nodes?: ReturnType<typeof plain> }): WorkbenchData {
  const snapshot = storySnapshot();
  const { nodes = plain(['node1']), ...rest } = change;
  return {
    ...snapshot,
    lab: null,
    terminalsPending: false,
    progress: null,
    session: { ...snapshot.session, nodes },
    ...rest,
  };
}
const kinds = (data: WorkbenchData, node: string) =>
  nextSteps(data, node).map((step) => (step.kind === 'run' ? step.what : step.kind));

test('one new node: a web server, a second node, a file', () => {
  expect(kinds(session({}), 'node1')).toEqual(['web-server', 'add-node', 'write-file']);
});

test('a port that is open is opened first, and its number is not offered again', () => {
  const ports = { node1: [...STORY_PORTS] };
  expect(kinds(session({ ports }), 'node1')).toEqual(['open-port', 'add-node', 'write-file']);
  const swarm = { role: 'manager', leader: true } as const;
  const manager = session({ nodes: [storyNode('node1', 1, { swarm })], ports });
  expect(nextSteps(manager, 'node1')).toContainEqual(
    expect.objectContaining({ command: 'docker service create --name web --replicas 3 -p 8081:80 nginx' }),
  );
});

test('two nodes: a swarm between them, by the address of this one', () => {
  const nodes = plain(['node1', 'node2']);
  expect(kinds(session({ nodes }), 'node2')).toEqual(['web-server', 'swarm', 'write-file']);
  expect(nextSteps(session({ nodes }), 'node2')[1]).toMatchObject({
    command: 'docker swarm init --advertise-addr 192.168.0.12',
  });
});

test('a swarm: a service from a manager, the map from anywhere', () => {
  const nodes = [
    storyNode('mgr1', 1, { swarm: { role: 'manager', leader: true } }),
    storyNode('wrk1', 2, { swarm: { role: 'worker', leader: false } }),
  ];
  expect(kinds(session({ nodes }), 'mgr1')).toEqual(['service', 'show-swarm', 'write-file']);
  expect(kinds(session({ nodes }), 'wrk1')).toEqual(['show-swarm', 'write-file']);
});

test('a full session is not asked for more nodes, and whoever watches is asked for nothing', () => {
  const full = session({});
  full.session = { ...full.session, limits: { ...full.session.limits, nodes: 1 } };
  expect(kinds(full, 'node1')).toEqual(['web-server', 'write-file']);
  expect(kinds(session({ right: 'viewer' }), 'node1')).toEqual([]);
});

import {
  type NodeView,
  type SessionChange,
  type SessionSnapshot,
  sessionIdSchema,
  type TerminalView,
} from '@drydock/protocol';
import { describe, expect, test } from 'vitest';
import { createWorkbenchStore } from './workbench-store.ts';

const GIB = 1024 ** 3;
const nodeLimits = { cpus: 1, memoryBytes: GIB, diskBytes: GIB, pids: 100 };

function node(name: string, state: NodeView['state'] = 'running'): NodeView {
  return {
    name,
    state,
    ip: '192.168.0.11',
    dockerReady: true,
    limits: nodeLimits,
    usage: null,
    ports: [],
    createdAt: 1,
    swarm: { role: 'none', leader: false },
  };
}

function snapshot(seq: number, nodes: NodeView[] = []): SessionSnapshot {
  return {
    seq,
    right: 'owner',
    terminals: [],
    ports: {},
    people: [],
    swarm: { view: null, problem: null },
    session: {
      id: sessionIdSchema.parse('abcdefgh'),
      name: null,
      state: 'active',
      createdAt: 0,
      expiresAt: 100_000,
      now: 5000,
      limits: { nodes: 8, node: nodeLimits },
      nodes,
      features: null,
      template: null,
    },
  };
}

function nodesAfter(changes: SessionChange[], start: NodeView[] = []): string[] {
  const store = createWorkbenchStore(() => 0);
  store.snapshot(snapshot(1, start));
  changes.forEach((change, index) => {
    expect(store.change({ seq: index + 2, change })).toBe('applied');
  });
  return store.getState().data?.session.nodes.map(({ name, state }) => `${name} ${state}`) ?? [];
}

describe('workbench store', () => {
  test('changes in order give the state of now', () => {
    const changes: SessionChange[] = [
      { kind: 'node', node: node('node1', 'creating') },
      { kind: 'node', node: node('node2') },
      { kind: 'node', node: node('node1') },
      { kind: 'node-gone', name: 'node2', reason: 'deleted' },
    ];
    expect(nodesAfter(changes)).toEqual(['node1 running']);
  });

  test('a gap is noticed and nothing of the change is taken', () => {
    const store = createWorkbenchStore(() => 0);
    store.snapshot(snapshot(7));
    expect(store.change({ seq: 9, change: { kind: 'node', node: node('node1') } })).toBe('gap');
    expect(store.getState().data?.session.nodes).toEqual([]);
  });

  test('what was known stays while the connection is away', () => {
    const store = createWorkbenchStore(() => 0);
    store.snapshot(snapshot(7, [node('node1')]));
    store.connection({ kind: 'offline', since: 1, retryAt: 2 });
    expect(store.getState().data?.session.nodes).toHaveLength(1);
  });

  test('a change before the first snapshot is a gap', () => {
    expect(createWorkbenchStore().change({ seq: 1, change: { kind: 'node', node: node('node1') } })).toBe('gap');
  });

  test('a change that the snapshot holds already is not applied again', () => {
    const store = createWorkbenchStore(() => 0);
    store.snapshot(snapshot(7, [node('node1')]));
    expect(store.change({ seq: 7, change: { kind: 'node-gone', name: 'node1', reason: 'lost' } })).toBe('stale');
    expect(store.getState().data?.session.nodes).toHaveLength(1);
  });

  test('T-15: terminals that a restarted manager does not know yet stay; those that it says are gone, go', () => {
    const terminal = (terminalId: string): TerminalView => ({
      terminalId,
      node: 'node1',
      cols: 80,
      rows: 24,
      createdAt: 1,
    });
    const store = createWorkbenchStore(() => 0);
    const listed = () => store.getState().data?.terminals.map(({ terminalId }) => terminalId);
    store.snapshot({ ...snapshot(9), terminals: [terminal('t1'), terminal('t2')] });
    store.snapshot({ ...snapshot(0), terminals: [terminal('t2')], terminalsPending: true });
    expect(listed()).toEqual(['t1', 't2']);
    store.change({ seq: 1, change: { kind: 'terminal', terminal: terminal('t2') } });
    expect(listed()).toEqual(['t1', 't2']);
    store.snapshot({ ...snapshot(4), terminals: [terminal('t2')] });
    expect(listed()).toEqual(['t2']);
  });

  test('ports of a node go with it', () => {
    const store = createWorkbenchStore(() => 0);
    store.snapshot({ ...snapshot(1, [node('node1')]), ports: { node1: [] } });
    store.change({ seq: 2, change: { kind: 'node-gone', name: 'node1', reason: 'deleted' } });
    expect(store.getState().data?.ports).toEqual({});
  });

  test('a template that failed shows no progress any more', () => {
    const store = createWorkbenchStore(() => 0);
    store.snapshot(snapshot(1));
    store.change({ seq: 2, change: { kind: 'progress', text: 'Making node1', done: 1, total: 3 } });
    expect(store.getState().data?.progress?.done).toBe(1);
    store.change({ seq: 3, change: { kind: 'progress', text: 'No room', done: 1, total: 3, failed: true } });
    expect(store.getState().data?.progress).toBeNull();
  });

  test('the countdown follows the server’s clock, not the browser’s', () => {
    const store = createWorkbenchStore(() => 1000);
    store.snapshot(snapshot(1));
    expect(store.getState().clockSkewMs).toBe(4000);
  });
});

import {
  type AgentFact,
  type AgentNodeReport,
  type NodeState,
  type SessionId,
  type SwarmRole,
  sessionIdSchema,
} from '@drydock/protocol';
import { createLogger, createManualClock } from '@drydock/service-kit';
import { expect, test } from 'vitest';
import { createLostPeers } from './lost-peers.ts';

const WORKER: SwarmRole = { role: 'worker', leader: false };
const NONE: SwarmRole = { role: 'none', leader: false };

function node(name: string, swarm: SwarmRole, state: NodeState = 'running', sessionId = 'abcdefgh'): AgentNodeReport {
  return {
    sessionId: sessionIdSchema.parse(sessionId),
    name,
    ip: `192.168.0.1${name.slice(-1)}`,
    state,
    dockerReady: true,
    swarm,
    limits: { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 },
    usage: null,
    ports: [],
    createdAt: 1,
  };
}
const going = (report: AgentNodeReport): AgentFact => ({ kind: 'node', node: { ...report, state: 'destroying' } });

function watch(list: () => AgentNodeReport[]) {
  const clock = createManualClock(0);
  const told: string[] = [];
  const exec = async (sessionId: SessionId, name: string, { command }: { command: string[] }) => {
    told.push(`${sessionId}/${name} ${command.slice(1).join(' ')}`);
    return { exitCode: 0, stdout: '', stderr: '', truncated: false, durationMs: 1 };
  };
  const peers = createLostPeers({ nodes: { list, exec }, clock, logger: createLogger('test', 'silent') });
  return { ...peers, told, settle: () => clock.advance(50) };
}

test('the swarm’s other nodes are told of one that goes, and nobody else', () => {
  const nodes = [
    node('node1', WORKER),
    node('node2', WORKER, 'destroying'),
    node('node3', NONE),
    node('node4', WORKER),
    node('node5', WORKER, 'running', 'anothera'),
  ];
  const { onFact, told, settle } = watch(() => nodes);
  onFact(going(node('node2', WORKER)));
  settle();
  expect(told).toEqual(['abcdefgh/node1 --lost 192.168.0.12', 'abcdefgh/node4 --lost 192.168.0.12']);
});

test('nobody is told of a node without a swarm, nor when the whole session goes', () => {
  const nodes = [node('node1', WORKER), node('node2', WORKER)];
  const { onFact, told, settle } = watch(() => nodes);
  onFact(going(node('node3', NONE)));
  settle();
  for (const each of nodes) {
    each.state = 'destroying';
    onFact(going(each));
  }
  settle();
  expect(told).toEqual([]);
});

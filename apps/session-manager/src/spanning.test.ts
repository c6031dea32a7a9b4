import type { SessionId } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from './testing/fixture-agent.ts';
import { startTestManager, type TestManager } from './testing/test-manager.ts';

const reachable = (last: number, mtu = 1450) => ({ underlay: { address: `198.51.100.${last}`, mtu } });
let test: TestManager;
let one: FixtureAgent;
let two: FixtureAgent;
let id: SessionId;
let token: string;

const addNode = (name?: string) =>
  test.call('POST', `/sessions/${id}/nodes`, { token, body: name === undefined ? {} : { name } });
const drop = (name: string) => test.call('DELETE', `/sessions/${id}/nodes/${name}`, { token });
/** What a host was told: the other hosts' addresses, each with its nodes. */
const told = (agent: FixtureAgent) =>
  agent.network(id)?.hosts.map(({ address, nodes }) => `${address}: ${nodes.map(({ name }) => name).join(' ')}`);

async function begin(hosts: readonly object[], settings = {}): Promise<FixtureAgent[]> {
  test = await startTestManager({ settings });
  const agents: FixtureAgent[] = [];
  for (const [at, host] of hosts.entries()) agents.push(await test.host({ name: `h${at + 1}`, ...host }));
  const made = await test.createSession();
  [id, token] = [made.session.id, made.token];
  return agents;
}

afterEach(() => test.stop());

describe('a session whose host is full', () => {
  beforeEach(async () => {
    [one, two] = (await begin([
      { maxNodes: 2, ...reachable(1) },
      { maxNodes: 2, ...reachable(2) },
    ])) as [FixtureAgent, FixtureAgent];
    for (const _ of [1, 2, 3]) expect((await addNode()).status).toBe(201);
  });

  it('goes on on another one, and each host is told of the other’s nodes', async () => {
    expect([one.nodes(), two.nodes()]).toEqual([[`${id}/node1`, `${id}/node2`], [`${id}/node3`]]);
    expect(told(two)).toEqual(['198.51.100.1: node1 node2']);
    await expect.poll(() => told(one)).toEqual(['198.51.100.2: node3']);
    expect(one.network(id)?.vni).toBe(two.network(id)?.vni);
    await addNode();
    await expect.poll(() => told(one)).toEqual(['198.51.100.2: node3 node4']);
    expect((await addNode()).body).toMatchObject({ error: { code: 'NO_CAPACITY' } });
  });

  it('has one ssh key on all hosts, and another session has another', async () => {
    expect(two.keySeed(id)).toBe(one.keySeed(id));
    const other = await test.createSession();
    await test.call('POST', `/sessions/${other.session.id}/nodes`, { token: other.token });
    expect(two.keySeed(other.session.id)).not.toBe(one.keySeed(id));
  });

  it('is told to a host again that comes back, and a host’s new address to the others', async () => {
    one.disconnect();
    await drop('node3');
    await addNode('node4');
    two.disconnect();
    await one.connect();
    await two.connect();
    await expect.poll(() => told(one)).toEqual(['198.51.100.2: node4']);
    two.close();
    const moved = await test.host({ name: 'h2', maxNodes: 2, ...reachable(9) });
    await expect.poll(() => told(one)?.[0]).toMatch(/^198\.51\.100\.9:/);
    moved.close();
  });

  it('is whole on one host again when the other has none of its nodes any more', async () => {
    await drop('node3');
    expect(two.nodes()).toEqual([]);
    await expect.poll(() => told(one)).toEqual([]);
  });

  it('is told by a manager that starts, with addresses that only the hosts knew', async () => {
    await test.restart();
    for (const agent of [one, two]) await agent.connect();
    await addNode();
    await expect.poll(() => told(one)).toEqual(['198.51.100.2: node3 node4']);
    expect(told(two)).toEqual(['198.51.100.1: node1 node2']);
  });

  it('ends on every host', async () => {
    expect((await test.call('DELETE', `/sessions/${id}`, { token })).status).toBe(204);
    expect([one.nodes(), two.nodes()]).toEqual([[], []]);
  });

  it('shows the swarm as the host with its leader tells it, not the one that has only workers', async () => {
    const view = (leader: string) => ({ managers: [], workers: [], leader, services: [], tasks: [], networks: [] });
    const seen = async () => (await test.openPage(id, token)).snapshot.swarm.view?.leader;
    one.setSwarm(id, { view: view('node3'), problem: null });
    await expect.poll(seen).toBe('node3');
    two.setSwarm(id, { view: null, problem: null });
    one.setSwarm(id, { view: view('node1'), problem: null });
    await expect.poll(seen).toBe('node1');
    // A host that is away knows less than one that is here.
    two.setSwarm(id, { view: view('node3'), problem: null });
    one.disconnect();
    await expect.poll(seen).toBe('node3');
  });
});

describe('sessions stay on one host', () => {
  it('where their first host is not reached by others', async () => {
    [one, two] = (await begin([{ maxNodes: 1 }, { maxNodes: 1 }])) as [FixtureAgent, FixtureAgent];
    await addNode();
    expect((await addNode()).body).toMatchObject({ error: { code: 'NO_CAPACITY' } });
    expect([one, two].map((agent) => agent.network(id))).toEqual([undefined, undefined]);
  });

  it('and nothing is said of networks while it has room', async () => {
    [one, two] = (await begin([{ maxNodes: 4, ...reachable(1) }, { ...reachable(2) }])) as [FixtureAgent, FixtureAgent];
    for (const _ of [1, 2]) await addNode();
    expect([one, two].map((agent) => agent.nodes().length).sort()).toEqual([0, 2]);
    expect([one, two].map((agent) => agent.network(id))).toEqual([undefined, undefined]);
  });
});

it('a template that no host takes whole is made over several', async () => {
  const five = { id: 'five', title: '', description: '', nodes: ['n1', 'n2', 'n3', 'n4', 'n5'], steps: [] };
  [one, two] = (await begin(
    [
      { maxNodes: 2, ...reachable(1) },
      { maxNodes: 3, ...reachable(2) },
    ],
    { templates: [five] },
  )) as [FixtureAgent, FixtureAgent];
  expect((await test.call('POST', '/sessions', { body: { template: 'five' } })).status).toBe(201);
  await expect.poll(() => [one.nodes().length, two.nodes().length]).toEqual([2, 3]);
});

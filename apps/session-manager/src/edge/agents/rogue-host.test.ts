/** A host that was taken over speaks for sessions that live elsewhere, and is not believed. */
import type { AgentNodeReport, SessionId } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

const FORGED = { terminalId: `t${'a'.repeat(15)}`, node: 'node1', cols: 80, rows: 24, createdAt: 1 };
const REPORT = {
  name: 'node1',
  ip: '192.168.0.11',
  state: 'running',
  dockerReady: true,
  ports: [],
  createdAt: 1,
  swarm: { role: 'none', leader: false },
  limits: { cpus: 1, memoryBytes: 2 ** 30, diskBytes: 2 ** 30, pids: 4096 },
  usage: { cpu: 0, memoryBytes: 1, diskBytes: 1, pids: 1, oomKills: 0 },
} satisfies Partial<AgentNodeReport>;
const REFUSED = 'a host told of what is not placed on it';
let test: TestManager;
let rogue: FixtureAgent;
let victim: { id: SessionId; token: string };
let refused: number;

beforeEach(async () => {
  refused = 0;
  const logger = createLogger('test', 'warn', {
    write(line) {
      const { msg, facts } = JSON.parse(line) as { msg: string; facts?: number };
      if (msg === REFUSED) refused += facts ?? 0;
    },
  });
  test = await startTestManager({ logger });
  await test.host({ name: 'honest' });
  const { session, token } = await test.createSession();
  victim = { id: session.id, token };
  await test.call('POST', `/sessions/${session.id}/nodes`, { token });
  rogue = await test.host({ name: 'rogue' });
});
afterEach(() => test.stop());

const terminals = async () => (await test.openPage(victim.id, victim.token)).snapshot.terminals;

describe('a host that speaks for another host’s session', () => {
  it('gives it no terminal, neither by a fact nor by its hello', async () => {
    rogue.sendFact({ kind: 'terminal', sessionId: victim.id, terminal: FORGED });
    await expect.poll(() => refused).toBe(1);
    expect(await terminals()).toEqual([]);
    rogue.claimTerminal({ sessionId: victim.id, ...FORGED });
    rogue.disconnect();
    await rogue.connect();
    expect(await terminals()).toEqual([]);
  });

  it('changes nothing of a terminal that another host has', async () => {
    const { socket } = await test.openPage(victim.id, victim.token);
    const opened = (await socket.emitWithAck('terminal:open', { node: 'node1', cols: 80, rows: 24 })) as {
      terminalId: string;
    };
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    // The host with more room has the second session: a session of its own, under whose name it may speak.
    expect(rogue.nodes()).toEqual([`${session.id}/node1`]);
    const terminal = { ...FORGED, terminalId: opened.terminalId, cols: 7 };
    rogue.sendFact({ kind: 'terminal', sessionId: session.id, terminal });
    rogue.sendFact({ kind: 'terminal', sessionId: victim.id, terminal });
    await expect.poll(() => refused).toBeGreaterThan(0);
    expect(await terminals()).toMatchObject([{ terminalId: opened.terminalId, cols: 80 }]);
  });

  it('writes nothing into its timeline, reports no node, no swarm, no end and no event of it', async () => {
    const path = `/sessions/${victim.id}`;
    const before = await test.call('GET', `${path}/timeline`, { token: victim.token });
    const report = { ...REPORT, sessionId: victim.id };
    const sessionId = victim.id;
    rogue.sendFact({ kind: 'node', node: report });
    rogue.sendFact({ kind: 'node', node: { ...report, dockerReady: false } });
    rogue.sendFact({ kind: 'ports', sessionId, node: 'node1', ports: [] });
    rogue.sendFact({ kind: 'swarm', sessionId, swarm: { view: null, problem: null } });
    rogue.sendFact({ kind: 'event', sessionId, event: { at: 1, kind: 'container-died', node: 'node1', subject: 'x' } });
    rogue.sendFact({ kind: 'node-gone', sessionId, name: 'node1', reason: 'failed' });
    rogue.sendFact({ kind: 'refusals', sessionId, refused: { to_mail: 9 } });
    const traffic = { sentBytes: 9, receivedBytes: 9, sentPerSecond: 9, receivedPerSecond: 9 };
    rogue.sendFact({ kind: 'traffic', sessionId, traffic });
    rogue.sendFact({ kind: 'floor', sessionId, action: 'end', reason: 'mine now' });
    await expect.poll(() => refused).toBe(9);
    const after = await test.call('GET', `${path}/timeline`, { token: victim.token });
    expect(after.body).toEqual(before.body);
    expect((await test.call('GET', path, { token: victim.token })).body).toMatchObject({
      nodes: [{ name: 'node1', state: 'running', reachable: true }],
    });
  });

  it('loses no fact of its own nodes', async () => {
    const { session, token } = await test.createSession();
    const made = await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    expect(made.status).toBe(201);
    rogue.sendFact({ kind: 'terminal', sessionId: victim.id, terminal: FORGED });
    expect(rogue.nodes()).toEqual([`${session.id}/node1`]);
    rogue.report(session.id, 'node1', { dockerReady: false });
    await expect
      .poll(async () => (await test.call('GET', `/sessions/${session.id}`, { token })).body)
      .toMatchObject({ nodes: [{ dockerReady: false }] });
  });
});

import type { SessionChange, SessionId, TimelineEntry } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

let test: TestManager;
let agent: FixtureAgent;
let id: SessionId;
let token: string;

beforeEach(async () => {
  test = await startTestManager();
  agent = await test.host();
  const made = await test.createSession();
  id = made.session.id;
  token = made.token;
});
afterEach(() => test.stop());

const read = async () => (await test.call('GET', `/sessions/${id}/timeline`, { token })).body as TimelineEntry[];
const kinds = async () => (await read()).map(({ kind }) => kind);

describe('a session’s timeline', () => {
  it('tells of nodes, engines, roles, ports, links and time, in the order in which they happened', async () => {
    await test.call('POST', `/sessions/${id}/nodes`, { token });
    agent.report(id, 'node1', {});
    agent.report(id, 'node1', { swarm: { role: 'manager', leader: true } });
    agent.report(id, 'node1', { ports: [{ port: 8080, protocol: 'tcp', source: 'container', label: 'web' }] });
    agent.report(id, 'node1', { ports: [], usage: { cpu: 0, memoryBytes: 1, diskBytes: 1, pids: 1, oomKills: 2 } });
    agent.report(id, 'node1', { dockerReady: false });
    await expect.poll(kinds).toContain('docker-down');
    await test.call('POST', `/sessions/${id}/links`, { token, body: { right: 'viewer' } });
    await test.call('POST', `/sessions/${id}/extend`, { token, body: { hours: 1 } });
    await test.call('DELETE', `/sessions/${id}/nodes/node1`, { token });
    await expect
      .poll(kinds)
      .toEqual([
        ...['session-created', 'node-added', 'swarm-role', 'swarm-leader', 'port-opened', 'node-oom', 'port-closed'],
        ...['docker-down', 'link-made', 'session-extended', 'node-removed'],
      ]);
    const entries = await read();
    expect(entries.find(({ kind }) => kind === 'port-opened')).toMatchObject({
      node: 'node1',
      subject: '8080/tcp',
      detail: 'web',
    });
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('holds what engines tell, and pages hear it as it comes', async () => {
    await test.call('POST', `/sessions/${id}/nodes`, { token });
    const { socket } = await test.openPage(id, token);
    const heard: TimelineEntry[] = [];
    socket.on('session:change', ({ change }: { change: SessionChange }) => {
      if (change.kind === 'timeline') heard.push(change.entry);
    });
    const event = {
      at: Date.now(),
      kind: 'container-died',
      node: 'node1',
      subject: 'web',
      detail: 'exit code 1',
    } as const;
    agent.sendFact({ kind: 'event', sessionId: id, event });
    await expect.poll(() => heard).toMatchObject([event]);
    expect((await read()).at(-1)).toEqual(heard[0]);
  });

  it('is not written by a host for nodes that are not its own', async () => {
    await test.call('POST', `/sessions/${id}/nodes`, { token });
    const stranger = await test.host({ name: 'stranger' });
    const event = { at: Date.now(), kind: 'container-started', node: 'node1', subject: 'lie' } as const;
    stranger.sendFact({ kind: 'event', sessionId: id, event });
    agent.sendFact({ kind: 'event', sessionId: id, event: { ...event, subject: 'truth' } });
    await expect.poll(async () => (await read()).at(-1)?.subject).toBe('truth');
    expect((await read()).map(({ subject }) => subject)).not.toContain('lie');
  });

  it('says once what several managers hear, and none of it again after a restart', async () => {
    await test.call('POST', `/sessions/${id}/nodes`, { token });
    await expect.poll(kinds).toEqual(['session-created', 'node-added']);
    await test.restart();
    await agent.connect();
    agent.report(id, 'node1', {});
    expect(await kinds()).toEqual(['session-created', 'node-added']);
  });

  it('is for everybody who may look, and for nobody else', async () => {
    const made = await test.createSession();
    const viewer = new URL(made.links.viewer).hash.slice(1);
    const path = `/sessions/${made.session.id}/timeline`;
    expect((await test.call('GET', path, { token: viewer })).status).toBe(200);
    expect((await test.call('GET', path, { token })).status).toBe(404);
  });
});

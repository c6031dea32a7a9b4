import { readFileSync } from 'node:fs';
import { DISK_SHORT_REASON } from '@drydock/protocol';
import { createLogger } from '@drydock/service-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../../testing/test-manager.ts';

const DASHBOARD = new URL('../../../../../infra/deploy/grafana/drydock.json', import.meta.url);
const ALERTS = new URL('../../../../../infra/deploy/prometheus/alerts.yml', import.meta.url);

let test: TestManager;
let lines: Record<string, unknown>[];
afterEach(() => test.stop());

async function start(): Promise<void> {
  lines = [];
  const logger = createLogger('test', 'debug', { write: (line) => void lines.push(JSON.parse(line)) });
  test = await startTestManager({ logger, settings: { metrics: { host: '127.0.0.1', port: 0 } } });
}

const metrics = async () => (await fetch(`http://127.0.0.1:${test.manager.metricsPort}/metrics`)).text();

/** One of everything that is measured. */
async function useAll(): Promise<{ id: string; token: string }> {
  const agent = await test.host({ name: 'h1', pool: 1 });
  const { session, token } = await test.createSession();
  const { id } = session;
  await test.call('POST', `/sessions/${id}/nodes`, { token });
  const { socket } = await test.openPage(id, token);
  const { terminalId } = await socket.emitWithAck('terminal:open', { node: 'node1', cols: 80, rows: 24 });
  await socket.emitWithAck('terminal:attach', { terminalId, offset: 0 });
  const shown = new Promise((resolve) => socket.once('terminal:output', resolve));
  await socket.emitWithAck('terminal:input', { terminalId, writer: 'writer-1', seq: 1, data: Buffer.from('x') });
  await shown;
  await test.call('GET', '/sessions/aaaaaaaa');
  await fetch(`http://127.0.0.1:${test.manager.port}/`, { headers: { host: `8080-node1-${id}.localhost` } });
  agent.fail('node.create', 'INTERNAL');
  await test.call('POST', `/sessions/${id}/nodes`, { token });
  return { id, token };
}

describe('metrics', () => {
  it('count claims, starts, attaches and echoes', async () => {
    await start();
    await useAll();
    const text = await metrics();
    for (const [name, count] of [
      ['drydock_node_start_seconds_count{from="pool"}', 1],
      ['drydock_terminal_attach_seconds_count', 1],
      ['drydock_terminal_echo_seconds_count', 1],
      ['drydock_errors_total{code="SESSION_NOT_FOUND"}', 1],
      ['drydock_errors_total{code="NODE_CREATE_FAILED"}', 1],
      ['drydock_capacity_nodes', 8],
      ['drydock_sessions', 1],
      ['drydock_queue', 0],
    ] as const) {
      expect(text.split('\n')).toContain(`${name} ${count}`);
    }
  });

  it('have every name and label that the dashboard asks for', async () => {
    await start();
    await useAll();
    const text = await metrics();
    const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(20);
    const missing = queries.flatMap((query) =>
      [...query.matchAll(/\b(drydock_\w+)(?:\{(\w+)=)?/g)].flatMap(([, name = '', label]) => {
        const found = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
        const declared = found.length > 0 || text.includes(`# TYPE ${name} `);
        return declared && (label === undefined || found.some((line) => line.includes(`${label}="`))) ? [] : [query];
      }),
    );
    expect(missing).toEqual([]);
    // Labels by which queries group are labels that the figures have.
    const grouped = queries.flatMap((query) =>
      [...query.matchAll(/by \(([^)]*)\) \((?:rate\()?(drydock_\w+)/g)].flatMap(([, labels = '', name = '']) =>
        labels.split(', ').map((label) => [name, label] as const),
      ),
    );
    for (const [name, label] of grouped) {
      const found = text.split('\n').filter((line) => line.startsWith(`${name}{`));
      if (found.length > 0)
        expect([name, label, found.some((line) => line.includes(`${label}="`))]).toEqual([name, label, true]);
    }
  });
});

describe('alerts', () => {
  it('ask for figures and labels that a manager has', async () => {
    await start();
    await useAll();
    const text = await metrics();
    const rules = readFileSync(ALERTS, 'utf8');
    const asked = [...rules.matchAll(/\b(drydock_[a-z_]+?)(?:_bucket)?\b(?:\{(\w+)=)?/g)];
    expect(asked.length).toBeGreaterThan(10);
    for (const [, name = ''] of asked) expect([name, text.includes(`# TYPE ${name} `)]).toEqual([name, true]);
    // A gauge that has values has the label by which a rule groups.
    for (const name of ['drydock_host_connected', 'drydock_remains', 'drydock_pool', 'drydock_terminal_breaks']) {
      expect([name, text.includes(`${name}{host="`)]).toEqual([name, true]);
    }
  });
});

describe('what hosts suffer', () => {
  it('is counted: sessions that are frozen for want of disk, and losses of the terminal host', async () => {
    await start();
    const agent = await test.host({ name: 'h1', pool: 1 });
    const { session, token } = await test.createSession();
    await test.call('POST', `/sessions/${session.id}/nodes`, { token });
    expect(await metrics()).toMatch(/^drydock_disk_short_sessions 0$/m);
    const floor = { kind: 'floor', sessionId: session.id, reason: DISK_SHORT_REASON } as const;
    agent.sendFact({ ...floor, action: 'freeze' });
    await expect.poll(metrics).toMatch(/^drydock_disk_short_sessions 1$/m);
    agent.sendFact({ ...floor, action: 'thaw' });
    await expect.poll(metrics).toMatch(/^drydock_disk_short_sessions 0$/m);
    const defaultLimits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
    const capacity = { cpus: 4, memoryBytes: 1, diskBytes: 1, pool: 1, maxNodes: 4, defaultLimits, terminalBreaks: 2 };
    agent.sendFact({ kind: 'capacity', capacity });
    await expect.poll(metrics).toMatch(/^drydock_terminal_breaks\{host="h1"\} 2$/m);
  });
});

describe('logs', () => {
  it('name session, node and request of everything that is done on behalf of one', async () => {
    await start();
    const { id } = await useAll();
    const failed = lines.find(({ msg }) => msg === 'node could not be made');
    expect(failed).toMatchObject({ sessionId: id, node: 'node2', host: 'h1', requestId: expect.stringMatching(/^r/) });
    expect(lines.find(({ msg }) => msg === 'session created')).toMatchObject({
      sessionId: id,
      requestId: expect.any(String),
    });
    const told = lines.find(({ msg, code }) => msg === 'request failed' && code === 'NODE_CREATE_FAILED');
    expect(told?.requestId).toBe(failed?.requestId);
  });

  it('keep an audit of creations, links and openings of ports, and no token', async () => {
    await start();
    await test.host();
    const { session, token } = await test.createSession();
    const at = `/sessions/${session.id}`;
    await test.call('POST', `${at}/nodes`, { token });
    const made = await test.call('POST', `${at}/links`, { token, body: { right: 'viewer' } });
    const { link, token: viewer } = made.body as { link: { id: string }; token: string };
    await test.call('DELETE', `${at}/links/${link.id}`, { token });
    await test.call('PATCH', `${at}/nodes/node1/ports/8080`, { token, body: { visibility: 'public' } });
    await test.call('POST', `${at}/nodes/node1/ports/8080/share`, { token, body: { minutes: 5 } });
    await test.call('POST', `${at}/extend`, { token, body: { hours: 1 } });
    await test.call('DELETE', `${at}/nodes/node1`, { token });
    await test.call('DELETE', at, { token });
    const audit = lines.filter((line) => line.audit !== undefined);
    expect(audit.map((line) => line.audit)).toEqual([
      'session-created',
      'node-placed',
      'link-created',
      'link-revoked',
      'port-choice',
      'port-shared',
      'session-extended',
      'node-deleted',
      'session-ended',
    ]);
    for (const line of audit) expect(line).toMatchObject({ sessionId: session.id, requestId: expect.any(String) });
    const text = JSON.stringify(lines);
    for (const secret of [token, viewer]) expect(text).not.toContain(secret);
  });
});

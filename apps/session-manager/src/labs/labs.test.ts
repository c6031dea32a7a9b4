import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileLab, leavesOf } from '@drydock/lab';
import { type AgentRequest, applyLabLeaves, type LabView, type SessionChange, type SessionId } from '@drydock/protocol';
import { systemClock } from '@drydock/service-kit';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory.ts';
import type { FixtureAgent } from '../testing/fixture-agent.ts';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

const LAB = `---
title: First steps
---
Welcome.

## Start a container
\`\`\`sh
docker run -d --name web nginx
\`\`\`
\`\`\`check
- container: web
  state: running
- ask: "How many layers?"
  answer: 7
\`\`\`

## Write a file
\`\`\`check
- file: /root/done
  contains: yes
\`\`\`
\`\`\`sh solve
write the file
\`\`\`

## Read

Nothing to do here.

## By hand
\`\`\`check
- port: 8080
\`\`\`
Nobody can solve this.

## The end
\`\`\`check
- port: 9090
\`\`\`
`;

let test: TestManager;
let agent: FixtureAgent;
let folder: string;
/** Commands that were run in nodes; the fixture would run them on this machine. */
let execs: AgentRequest<'node.exec'>[];
let onExec: (request: AgentRequest<'node.exec'>) => number;

const write = (text: string, id = 'first') => {
  mkdirSync(join(folder, id), { recursive: true });
  writeFileSync(join(folder, id, 'lab.md'), text);
};
const settings = () => ({ labs: { builtInDir: undefined, operatorDir: folder, forges: new Map() } });

function listen(host: FixtureAgent): void {
  host.onExec((request) => {
    execs.push(request);
    return { exitCode: onExec(request), stdout: 'out\n', stderr: 'err\n', truncated: false, durationMs: 1 };
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dd-labs-'));
  write(LAB);
  execs = [];
  onExec = () => 0;
  test = await startTestManager({ settings: settings() });
  agent = await test.host();
  listen(agent);
});
afterEach(async () => {
  await test.stop();
  rmSync(folder, { recursive: true });
});

interface Page {
  socket: Socket;
  lab(): LabView | null;
  call(name: string, request: object): Promise<Record<string, unknown>>;
}

/** A page that follows its session's lab. */
async function openPage(manager: TestManager, id: SessionId, token: string): Promise<Page> {
  const { socket, snapshot } = await manager.openPage(id, token);
  let lab = snapshot.lab ?? null;
  socket.on('session:change', ({ change }: { change: SessionChange }) => {
    if (change.kind === 'lab') lab = change.lab;
    if (change.kind === 'lab-leaves') lab = applyLabLeaves(lab, change);
  });
  // A change may have come before anybody listened.
  const { status, body } = await manager.call('GET', `/sessions/${id}/lab`, { token });
  if (status === 200) lab ??= body as LabView;
  return { socket, lab: () => lab, call: (name, request) => socket.emitWithAck(name, request) };
}

async function begun(manager = test): Promise<{ id: SessionId; token: string; page: Page }> {
  const { session, token } = await manager.createSession({ lab: 'first' });
  const page = await openPage(manager, session.id, token);
  await expect.poll(() => page.lab()?.work).toBe(null);
  return { id: session.id, token, page };
}

async function opened(): Promise<{ id: SessionId; token: string; page: Page }> {
  const made = await begun();
  expect(await made.page.call('lab:step', { step: 'start-a-container' })).toEqual({});
  await expect.poll(() => agent.watchedTables(made.id, 'node1')).toContain('containers');
  return made;
}

const container = (name: string) => ({ name, image: 'nginx', state: 'running' as const });
const codeOf = (answer: Record<string, unknown>) => (answer.error as { code: string } | undefined)?.code;

describe('a lab in a session', () => {
  it('begins with its nodes, and lights a leaf when its engine tells', async () => {
    const { id, page } = await opened();
    expect(agent.nodes()).toEqual([`${id}/node1`]);
    expect(page.lab()).toMatchObject({ id: 'first', title: 'First steps', notHere: [] });
    agent.setLabFacts(id, 'node1', { containers: [container('wed')] });
    await expect
      .poll(() => page.lab()?.leaves[0])
      .toMatchObject({ light: 'off', why: 'There is no container "web". There is "wed".' });
    agent.setLabFacts(id, 'node1', { containers: [container('web')] });
    await expect.poll(() => page.lab()?.leaves[0]).toMatchObject({ light: 'on', passedAt: expect.any(Number) });
    expect(page.lab()?.steps[0]?.doneAt).toBeUndefined();
    const key = page.lab()?.leaves[1]?.key;
    expect(await page.call('lab:answer', { key, text: '8' })).toMatchObject({ right: false });
    await expect.poll(() => page.lab()?.leaves[1]).toMatchObject({ light: 'off', why: '"8" is not it.' });
    expect(await page.call('lab:answer', { key, text: ' 7 ' })).toMatchObject({ right: true });
    await expect.poll(() => page.lab()?.steps[0]?.doneAt).toEqual(expect.any(Number));
    // What passed stays so; the light goes on to be true.
    agent.setLabFacts(id, 'node1', { containers: [] });
    await expect.poll(() => page.lab()?.leaves[0]).toMatchObject({ light: 'off', passedAt: expect.any(Number) });
    expect(page.lab()?.steps[0]?.doneAt).toEqual(expect.any(Number));
  });

  it('says of what was there before that it was', async () => {
    const { id, page } = await begun();
    agent.setLabFacts(id, 'node1', { containers: [container('web')] });
    await page.call('lab:step', { step: 'start-a-container' });
    await expect.poll(() => page.lab()?.leaves[0]).toMatchObject({ light: 'on', already: true });
  });

  it('asks a node for files while a page is there, and as little as that', async () => {
    const asked: string[] = [];
    let content = 'no';
    agent.onProbe((_session, _node, probes) => {
      asked.push(...probes.map((probe) => probe.kind));
      return { files: { '/root/done': { type: 'file', content } } };
    });
    const { page } = await begun();
    expect(asked).toEqual([]);
    await page.call('lab:step', { step: 'write-a-file' });
    await expect.poll(() => page.lab()?.leaves[0]?.light).toBe('off');
    content = 'oh yes';
    await expect.poll(() => page.lab()?.leaves[0]?.light).toBe('on');
    expect(new Set(asked)).toEqual(new Set(['file']));
  });

  it('tells the page of an agent that knows no labs, and waits', async () => {
    agent.disconnect();
    const old = await test.host({ name: 'old', knowsLabs: false });
    listen(old);
    const { page } = await begun();
    await page.call('lab:step', { step: 'start-a-container' });
    await expect.poll(() => page.lab()?.step).toBe('start-a-container');
    const seen = { notHere: ['node1'], leaves: [{ light: 'looking' }, { light: 'off' }] };
    await expect.poll(() => page.lab()).toMatchObject(seen);
    expect(old.commands.filter((name) => name.startsWith('lab.'))).toEqual([]);
  });

  it('is refused whole where its files have mistakes, and leaves no session', async () => {
    write(
      '---\ntitle: Bad\nnodse: 2\n---\n## Step\n```check\n- contaner: web\n```\n## Two\n```check\n- service: [\n```\n',
      'bad',
    );
    await expect
      .poll(async () => (await test.call('POST', '/sessions', { body: { lab: 'bad' } })).body)
      .toMatchObject({
        error: {
          code: 'LAB_INVALID',
          details: { findings: [{ file: 'lab.md', line: 7 }, { file: 'lab.md' }] },
        },
      });
    expect(((await test.call('GET', '/status')).body as { sessions: number }).sessions).toBe(0);
    expect(await test.call('POST', '/sessions', { body: { lab: 'none' } })).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_LAB' } },
    });
  });
});

describe('progress', () => {
  it('outlives its manager: what passed, and what was seen not to be there', async () => {
    const { id, token, page } = await opened();
    const key = page.lab()?.leaves[1]?.key;
    agent.setLabFacts(id, 'node1', { containers: [] });
    await expect.poll(() => page.lab()?.leaves[0]?.light).toBe('off');
    await page.call('lab:answer', { key, text: '7' });
    await expect.poll(() => page.lab()?.leaves[1]?.passedAt).toEqual(expect.any(Number));
    await test.restart();
    agent.setLabFacts(id, 'node1', { containers: [container('web')] });
    await agent.connect();
    const again = await openPage(test, id, token);
    await expect.poll(() => again.lab()?.steps[0]?.doneAt).toEqual(expect.any(Number));
    expect(again.lab()?.leaves[0]).toMatchObject({ light: 'on', passedAt: expect.any(Number) });
    expect(again.lab()?.leaves[0]?.already).toBeUndefined();
    expect(again.lab()?.leaves[1]?.key).toBe(key);
  });

  it('is shown by every manager while one drives, and driven by another when that one is gone', async () => {
    const store = createMemoryStore(systemClock);
    const first = await startTestManager({ store, settings: { ...settings(), name: 'first' } });
    const { agentKey } = first;
    const second = await startTestManager({ store, agentKey, settings: { ...settings(), name: 'second' } });
    const host = await first.host({ url: [first.origin, second.origin] });
    listen(host);
    try {
      await expect.poll(() => host.allGreeted()).toBe(true);
      const { id, token, page } = await begun(first);
      host.report(id, 'node1', {});
      await page.call('lab:step', { step: 'start-a-container' });
      host.setLabFacts(id, 'node1', { containers: [container('wed')] });
      await expect.poll(() => page.lab()?.leaves[0]?.light).toBe('off');
      const other = await openPage(second, id, token);
      await expect.poll(() => other.lab()?.leaves[0]).toMatchObject({ light: 'off', why: /wed/ });
      const watches = () => host.commands.filter((name) => name.startsWith('lab.watch')).length;
      const before = watches();
      page.socket.disconnect();
      await first.manager.close();
      await expect.poll(() => watches(), { timeout: 20_000 }).toBeGreaterThan(before);
      host.setLabFacts(id, 'node1', { containers: [container('web')] });
      await expect.poll(() => other.lab()?.leaves[0]?.light).toBe('on');
    } finally {
      await second.stop();
      await first.stop();
    }
  }, 60_000);

  it('goes on with a newer version where the text of a step stayed', async () => {
    const { id, page } = await opened();
    agent.setLabFacts(id, 'node1', { containers: [container('web')] });
    await page.call('lab:answer', { key: page.lab()?.leaves[1]?.key, text: '7' });
    await expect.poll(() => page.lab()?.steps[0]?.doneAt).toEqual(expect.any(Number));
    const { version } = page.lab() as LabView;
    write(LAB.replace('Nobody can solve this.', 'Somebody may.'));
    await expect
      .poll(async () => {
        const { body } = await test.call('GET', '/labs');
        return (body as { labs: { version: string }[] }).labs[0]?.version;
      })
      .not.toBe(version);
    await page.call('lab:hint', { key: 'none' });
    await page.call('lab:step', { step: 'write-a-file' });
    await expect.poll(() => page.lab()?.newer).toEqual(expect.any(String));
    expect(page.lab()?.version).toBe(version);
    expect(await page.call('lab:update', {})).toEqual({});
    await expect.poll(() => page.lab()?.newer).toBe(null);
    expect(page.lab()?.version).not.toBe(version);
    expect(page.lab()?.steps[0]?.doneAt).toEqual(expect.any(Number));
    expect(page.lab()?.step).toBe('write-a-file');
  });

  it('can be taken away as a statement that this place knows again, and no other', async () => {
    const { id, token, page } = await opened();
    await page.call('lab:answer', { key: page.lab()?.leaves[1]?.key, text: '7' });
    await expect.poll(() => page.lab()?.leaves[1]?.passedAt).toEqual(expect.any(Number));
    const { body } = await test.call('GET', `/sessions/${id}/lab/statement`, { token });
    const signed = body as { statement: { steps: { checks: object }[] }; signature: string };
    expect(signed.statement.steps[0]).toMatchObject({ checks: { all: 2, passed: 1 }, hints: 0 });
    const genuine = async (sent: object) => (await test.call('POST', '/labs/statement', { body: sent })).body;
    expect(await genuine(signed)).toEqual({ genuine: true });
    const forged = JSON.parse(JSON.stringify(signed).replace('"passed":1', '"passed":2'));
    expect(await genuine(forged)).toEqual({ genuine: false });
    // Deeper than a program can write it, and not than one can read it.
    const deep = `{"signature":"00","statement":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const answer = await fetch(`${test.origin}/api/v1/labs/statement`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: deep,
    });
    expect([answer.status, await answer.json()]).toEqual([200, { genuine: false }]);
  });
});

describe('work', () => {
  it('skips to a step on fresh nodes with those before solved, looked at and marked', async () => {
    const { id, page } = await begun();
    write(LAB.replace('## Start a container', '## Begin\n```sh solve\nbegin\n```\n## Start a container'));
    let isWritten = false;
    onExec = ({ command }) => {
      if (command.at(-1)?.startsWith('docker run') === true)
        agent.setLabFacts(id, 'node1', { containers: [container('web')] });
      if (command.at(-1)?.startsWith('write the file') === true) isWritten = true;
      return 0;
    };
    agent.onProbe(() => ({
      files: { '/root/done': isWritten ? { type: 'file', content: 'yes' } : { type: 'missing' } },
    }));
    agent.setLabFacts(id, 'node1', { containers: [] });
    const { length } = agent.commands;
    expect(await page.call('lab:skip', { step: 'read' })).toEqual({});
    await expect.poll(() => page.lab()?.step).toBe('read');
    await expect.poll(() => page.lab()?.work).toBe(null);
    const since = agent.commands.slice(length).filter((name) => /node\.(destroy|create)/.test(name));
    expect(since).toEqual([`node.destroy ${id}/node1`, `node.create ${id}/node1`]);
    expect(page.lab()?.steps.slice(0, 2)).toEqual([
      expect.objectContaining({ solved: true, doneAt: expect.any(Number) }),
      expect.objectContaining({ solved: true, doneAt: expect.any(Number) }),
    ]);
  });

  it('refuses to skip over what nobody can solve, and names it', async () => {
    const { page } = await begun();
    const answer = await page.call('lab:skip', { step: 'the-end' });
    expect(answer).toMatchObject({ error: { code: 'LAB_NOT_SOLVABLE', details: { step: 'by-hand' } } });
    expect(codeOf(await page.call('lab:solve', { step: 'read' }))).toBe('LAB_STATE');
    expect(codeOf(await page.call('lab:step', { step: 'nowhere' }))).toBe('LAB_STATE');
  });

  it('tells the last words of a script that fails, and stops there', async () => {
    write(`---\ntitle: Failing\nsetup: prepare it\n---\n## Step\n\`\`\`check\n- port: 80\n\`\`\`\n`, 'failing');
    onExec = ({ command }) => (command.at(-1) === 'prepare it' || command.at(-1) === 'prepare it\n' ? 3 : 0);
    await expect.poll(async () => ((await test.call('GET', '/labs')).body as { labs: object[] }).labs.length).toBe(2);
    const { session, token } = await test.createSession({ lab: 'failing' });
    const page = await openPage(test, session.id, token);
    await expect.poll(() => page.lab()?.work?.failed).toMatch(/setup of the lab failed on node1 with 3:\nout\nerr/);
    expect(page.lab()?.step).toBe(null);
  });
});

it('gives a page nothing by which a short answer could be tried', async () => {
  const { id, token, page } = await opened();
  const seen = JSON.stringify([
    (await test.call('GET', '/labs/first')).body,
    (await test.call('GET', `/sessions/${id}/lab/text`, { token })).body,
    page.lab(),
  ]);
  const guessOf = (answer: number) => {
    const text = LAB.replace('answer: 7', `answer: ${answer}`);
    const { lab } = compileLab({ id: 'first', entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
    const [step] = lab?.steps ?? [];
    return [lab?.digest, step?.hash, ...(step === undefined ? [] : leavesOf(step.checks).map(({ key }) => key))];
  };
  for (let answer = 0; answer < 100; answer += 1)
    for (const guess of guessOf(answer)) expect(seen).not.toContain(guess);
  // A lab of one's own with the right answer, in the same place: other keys.
  write(LAB, 'mine');
  await expect.poll(async () => (await test.call('GET', '/labs/mine')).status).toBe(200);
  const keys = (text: string) => new Set([...text.matchAll(/"key":"([0-9a-f]+)"/g)].map(([, key]) => key));
  write(LAB.replace('Welcome.', 'Hello.'), 'mine');
  await expect.poll(async () => JSON.stringify((await test.call('GET', '/labs/mine')).body)).toContain('Hello.');
  const mine = keys(JSON.stringify((await test.call('GET', '/labs/mine')).body));
  expect([...keys(seen)].filter((key) => mine.has(key))).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyLabLeaves, type LabView, type SessionChange } from '@drydock/protocol';
import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
touch /tmp/solved
\`\`\`

## Read
Nothing to do here.
`;

let test: TestManager;
let agent: FixtureAgent;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dd-labs-'));
  mkdirSync(join(folder, 'first'));
  writeFileSync(join(folder, 'first', 'lab.md'), LAB);
  test = await startTestManager({ settings: { labs: { builtInDir: folder, operatorDir: undefined } } });
  agent = await test.host();
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
async function openPage(manager: TestManager, id: string, token: string): Promise<Page> {
  const { socket, snapshot } = await manager.openPage(id, token);
  let lab = snapshot.lab ?? null;
  socket.on('session:change', ({ change }: { change: SessionChange }) => {
    if (change.kind === 'lab') lab = change.lab;
    if (change.kind === 'lab-leaves') lab = applyLabLeaves(lab, change);
  });
  return { socket, lab: () => lab, call: (name, request) => socket.emitWithAck(name, request) };
}

async function begun(): Promise<{ id: string; token: string; page: Page }> {
  const { session, token } = await test.createSession({ lab: 'first' });
  const page = await openPage(test, session.id, token);
  await expect.poll(() => page.lab()?.work).toBe(null);
  return { id: session.id, token, page };
}

const container = (name: string) => ({ name, image: 'nginx', state: 'running' as const });

describe('a lab in a session', () => {
  it('begins with its nodes, and lights a leaf when its engine tells', async () => {
    const { id, page } = await begun();
    expect(agent.nodes()).toEqual([`${id}/node1`]);
    expect(page.lab()).toMatchObject({ id: 'first', title: 'First steps', step: null, notHere: [] });
    expect(await page.call('lab:step', { step: 'start-a-container' })).toEqual({});
    await expect.poll(() => agent.watchedTables(id, 'node1')).toContain('containers');
    agent.setLabFacts(id, 'node1', { containers: [container('wed')] });
    await expect
      .poll(() => page.lab()?.leaves[0])
      .toMatchObject({
        light: 'off',
        why: 'There is no container "web". There is "wed".',
      });
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
});

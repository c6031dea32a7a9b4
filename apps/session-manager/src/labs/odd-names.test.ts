/** Names that an author gives, and that every object of JavaScript has already. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileLab, evaluate } from '@drydock/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestManager, type TestManager } from '../testing/test-manager.ts';

const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
const LAB = `---
title: Odd
nodes: [constructor, valueof]
env:
  constructor: one
  __proto__: two
---
${NAMES.map((name) => `## ${name}\n\n\`\`\`check\n- file: /root/${name}\n- env: ${name}\n- container: ${name}\n- ask: What is ${name}?\n  answer: yes\n\`\`\`\n\n\`\`\`quiz\nWhich?\n- [x] ${name}\n- [ ] other\n\`\`\`\n`).join('\n')}
`;

let test: TestManager;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dd-odd-'));
  mkdirSync(join(folder, 'constructor'));
  writeFileSync(join(folder, 'constructor', 'lab.md'), LAB);
  test = await startTestManager({
    settings: { labs: { builtInDir: undefined, operatorDir: folder, forges: new Map() } },
  });
});
afterEach(async () => {
  await test.stop();
  rmSync(folder, { recursive: true });
});

it('of steps, nodes, variables and checks are names like any other', async () => {
  const agent = await test.host();
  agent.onExec(() => ({ exitCode: 0, stdout: '', stderr: '', truncated: false, durationMs: 1 }));
  const read = await test.call('GET', '/labs/constructor');
  expect(read.status, JSON.stringify(read.body)).toBe(200);
  const { lab } = read.body as { lab: { steps: { id: string }[] } };
  const { session, token } = await test.createSession({ lab: 'constructor' });
  const at = `/sessions/${session.id}/lab`;
  const { socket } = await test.openPage(session.id, token);
  await expect.poll(async () => JSON.stringify((await test.call('GET', at, { token })).body)).toContain('"work":null');
  const statuses: unknown[] = [];
  const ask = async (method: string, path: string, body?: object) => {
    const { status } = await test.call(method, `${at}${path}`, { token, ...(body === undefined ? {} : { body }) });
    if (status >= 500) statuses.push([path, body, status]);
  };
  for (const id of new Set([...lab.steps.map((step) => step.id), ...NAMES])) {
    await ask('POST', '/step', { step: id, skip: true });
    await ask('GET', '');
    await ask('GET', '/statement');
    await ask('GET', '/text');
    await ask('POST', '/answer', { key: id, text: 'yes' });
    await ask('POST', '/hint', { key: id });
    await ask('POST', '/solve', { step: id });
    await ask('POST', '/afresh', { step: id });
    await ask('POST', '/skip', { step: id });
  }
  expect(statuses).toEqual([]);
  expect(({} as { hash?: string }).hash).toBeUndefined();
  socket.close();
});

it('of a variable is no variable where no shell has it', () => {
  const text = '## One\n\n```check\n- env: constructor\n  equals: x\n```\n';
  const { lab } = compileLab({ id: 'one', entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
  const checks = lab?.steps[0]?.checks ?? { op: 'all', of: [] };
  const lightsOf = (env: Record<string, string | null>) =>
    [...evaluate(checks, { nodes: { node1: { env } } }).values()].map(({ light }) => light);
  expect(lightsOf({})).toEqual(['unknown']);
  expect(lightsOf({ constructor: 'x' } as Record<string, string>)).toEqual([true]);
});

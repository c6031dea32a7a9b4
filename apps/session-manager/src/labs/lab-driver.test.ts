import { compileLab, enterStep } from '@drydock/lab';
import { createManualClock } from '@drydock/service-kit';
import { expect, test } from 'vitest';
import { createFactBoard } from './fact-board.ts';
import { createLabDriver } from './lab-driver.ts';

test('a step is not judged by tables that nobody watched since a step before', () => {
  const text = '## Step\n\n```check\n- volume: copy\n  absent: true\n```\n';
  const { lab } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
  const [step] = lab?.steps ?? [];
  if (step === undefined) throw new Error('no step');
  const clock = createManualClock();
  const report = {
    state: 'running',
    dockerReady: true,
    swarm: { role: 'none' },
    limits: { memoryBytes: 1 },
    ports: [],
  } as unknown as NonNullable<ReturnType<Parameters<typeof createFactBoard>[0]['nodes']>[number]['report']>;
  const board = createFactBoard({
    nodes: () => [{ name: 'node1', report }],
    swarm: () => ({ view: null, problem: null }),
    answers: () => ({}),
  });
  const driver = createLabDriver({
    board,
    nodes: { askable: () => ['node1'], watch: () => undefined, ask: async () => ({}) },
    env: {},
    onLeaves: () => undefined,
    onProgress: () => undefined,
    clock,
  });
  driver.setWatched('node1', { volumes: [] });
  driver.begin(step, enterStep(0));
  clock.advance(1_000);
  expect(driver.leaves()[0]).toMatchObject({ light: 'looking' });
  driver.setWatched('node1', { volumes: [{ name: 'copy', driver: 'local' }] });
  clock.advance(1_000);
  expect(driver.leaves()[0]).toMatchObject({ light: 'off' });
  expect(driver.leaves()[0]).not.toHaveProperty('passedAt');
  driver.stop();
});

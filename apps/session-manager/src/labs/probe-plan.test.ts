import { compileLab } from '@drydock/lab';
import { expect, test } from 'vitest';
import { planOf } from './probe-plan.ts';

test('a check of one node watches the others too, so that its sentence can name the node where the thing is', () => {
  const text =
    '---\nnodes: [mgr1, wrk1]\n---\n\n## Step\n\n```check\n- network: wire\n  on: wrk1\n- container: box\n  on: wrk1\n  logs: ready\n```\n';
  const { lab } = compileLab({ entry: 'lab.md', files: new Map([['lab.md', { text }]]) });
  const [step] = lab?.steps ?? [];
  if (step === undefined) throw new Error('no step');
  const { tables } = planOf(step, {});
  expect([...(tables.get(undefined) ?? [])].toSorted()).toEqual(['containers', 'networks']);
  // Logs are read again and again: of the one node alone.
  expect([...(tables.get('wrk1') ?? [])]).toEqual(['logs']);
});

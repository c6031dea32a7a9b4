import { describe, expect, test } from 'vitest';
import { stepOf } from '../testing/steps.ts';
import { needsOf } from './needs.ts';

describe('what a step needs', () => {
  test('is its own tables and probes alone, with what is asked of them', () => {
    const step = stepOf(
      [
        '- container: web\n  logs: ready\n  on: node2',
        '- service: web\n  running: 3',
        '- http: node1:8080/health\n  within: 2s',
        '- file: /etc/x\n  contains: a',
        '- env: EDITOR',
        '- run: test -f /x\n  as: nobody\n  timeout: 5s',
        '- ask: How many?\n  equals-run: echo 3',
        '- ask: Why?\n  answer: since',
        '- fail: { process: /bad/ }',
      ].join('\n'),
    );
    const keys = step.checks.of.map((leaf) => ('key' in leaf ? leaf.key : ''));
    expect(needsOf(step)).toEqual({
      tables: [
        { of: 'node', table: 'containers', at: 'node2', conditions: ['logs'] },
        { of: 'swarm', table: 'services', conditions: ['running'] },
        { of: 'swarm', table: 'tasks', conditions: [] },
        { of: 'node', table: 'ports', at: 'node1', conditions: [] },
        { of: 'node', table: 'processes', at: 'node1', conditions: [] },
      ],
      probes: [
        {
          kind: 'http',
          key: 'GET http://8080/health',
          at: 'node1',
          method: 'GET',
          scheme: 'http',
          port: 8080,
          path: '/health',
          withinMs: 2_000,
        },
        { kind: 'file', key: '/etc/x', at: 'node1', conditions: ['contains'] },
        { kind: 'env', key: 'EDITOR', at: 'node1' },
        { kind: 'run', key: keys[5], at: 'node1', script: 'test -f /x', timeoutMs: 5_000, as: 'nobody' },
        { kind: 'answer', key: keys[6], script: 'echo 3' },
      ],
    });
  });

  test('is asked once: for the more patient of two leaves, and for all nodes where one is for all', () => {
    const step = stepOf(
      [
        '- http: 8080/\n  status: 200\n  within: 2s',
        '- http: node2:8080/\n  body: x\n  within: 5s',
        '- http: 8080/\n  body: y\n  within: 3s',
        '- file: /x\n  mode: "0644"',
        '- any: [{ file: /x, contains: a }, { not: { file: /x, lines: 3 } }]',
        '- container: a\n  logs: b\n  on: node1',
        '- container: a\n  state: running',
        '- compose: shop',
      ].join('\n'),
    );
    expect(needsOf(step)).toMatchObject({
      tables: [
        { table: 'ports', conditions: [] },
        { table: 'containers', conditions: ['label', 'logs', 'state'] },
      ],
      probes: [
        { kind: 'http', withinMs: 5_000 },
        { kind: 'file', conditions: ['contains', 'lines', 'mode'] },
      ],
    });
    for (const need of needsOf(step).tables) expect(need).not.toHaveProperty('at');
  });

  test('is bounded, whatever plan it is of', () => {
    const [leaf] = stepOf('- run: "false"').checks.of;
    if (leaf === undefined || !('key' in leaf)) throw new Error('no leaf');
    const of = Array.from({ length: 5_000 }, (_, index) => ({ ...leaf, key: `k${index}` }));
    expect(needsOf({ checks: { op: 'all', of } }).probes).toHaveLength(200);
  });
});

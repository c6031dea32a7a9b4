import { describe, expect, test } from 'vitest';
import { leavesOf } from '../checks/plan.ts';
import { type Facts, factsSchema } from '../facts/facts.ts';
import { needsOf } from '../needs/needs.ts';
import { onlyNeeded, stepOf } from '../testing/steps.ts';
import { evaluate, lightOf } from './evaluate.ts';
import { advance, enterStep, nextWake } from './progress.ts';

const web = {
  name: 'web',
  image: 'nginx:1.27',
  state: 'running',
  publishes: [{ port: 8080, target: 80 }],
  networks: ['app'],
  env: { A: 'b' },
  labels: { tier: 'front' },
  limits: { memory: 67_108_864 },
  restarts: 0,
} as const;
const facts: Facts = factsSchema.parse({
  nodes: {
    node1: {
      engine: 'ready',
      containers: [
        web,
        { name: 'old', image: 'alpine', state: 'exited', exit: 137 },
        {
          name: 'shop-api-1',
          image: 'x',
          state: 'running',
          labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api' },
        },
      ],
      images: [{ tags: ['nginx:1.27'], size: 50_000_000, layers: 7 }],
      volumes: [{ name: 'data', usedBy: ['web'] }],
      networks: [{ name: 'app', driver: 'bridge', subnets: ['172.18.0.0/16'] }],
      ports: [{ port: 8080, protocol: 'tcp', source: 'container' }],
      http: { 'GET http://8080/': { status: 200, body: '<h1>Hello</h1>', json: { ok: true } } },
      files: {
        '/root/a': { type: 'file', content: 'x=1\ny=2\n', mode: '0644', lines: 2 },
        '/root/b': { type: 'missing' },
      },
      processes: [{ command: 'nginx: master', user: 'root' }],
      env: { EDITOR: 'vi', NONE: null },
      commands: [{ text: 'docker  service scale web=3', exit: 0, at: 1 }],
    },
    node2: { engine: 'ready', containers: [], images: [], volumes: [], networks: [], ports: [] },
  },
  swarm: {
    managers: [{ id: 'm', name: 'node1', ip: '192.168.0.11', state: 'ready', availability: 'active' }],
    workers: [{ id: 'w', name: 'node2', ip: '192.168.0.12', state: 'ready', availability: 'drain' }],
    leader: 'node1',
    services: [
      {
        id: 's',
        name: 'web',
        image: 'nginx:latest@sha256:abc',
        mode: 'replicated',
        replicas: 3,
        ports: [{ published: 80, target: 80, protocol: 'tcp', mode: 'ingress' }],
        networks: [],
        update: 'completed',
        createdAt: 1,
      },
    ],
    tasks: [
      {
        id: 't',
        serviceId: 's',
        nodeId: 'm',
        slot: 1,
        state: 'running',
        desired: 'running',
        image: 'nginx',
        error: null,
        containerId: null,
        updatedAt: 1,
      },
    ],
    networks: [],
    secrets: [{ name: 'pw' }],
  },
});

const table: [yaml: string, light: boolean | 'unknown'][] = [
  ['- swarm: { managers: 1, workers: ">=1", leader: node1 }', true],
  ['- swarm: { ready: 3 }', false],
  ['- swarm:\n  absent: true', false],
  ['- node: node2\n  role: worker\n  availability: drain', true],
  ['- node: node2\n  availability: active', false],
  [
    '- container: web\n  image: nginx\n  state: running\n  publishes: 8080\n  network: app\n  env: { A: b }\n  label: tier=front\n  limits: { memory: 64MB }\n  restarts: 0',
    true,
  ],
  ['- container: web\n  publishes: ["8080:80"]\n  on: node1', true],
  ['- container: web\n  on: node2', false],
  ['- container: /^w.b$/', true],
  ['- container: { image: alpine, exit: ">0" }', true],
  ['- container: api', true],
  ['- container: web\n  label: tear', false],
  ['- container: gone\n  absent: true', true],
  ['- container: web\n  absent: true', false],
  ['- container: { image: nginx }\n  count: 1', true],
  ['- container: web\n  health: healthy', 'unknown'],
  ['- image: nginx\n  size: "<50MB"\n  layers: ">=2"', true],
  ['- image: nginx\n  tag: "!1.27"', false],
  ['- volume: data\n  used-by: web', true],
  ['- network: app\n  driver: bridge\n  subnet: /^172/', true],
  ['- service: web\n  running: 1\n  image: nginx\n  update: completed\n  publishes: 80\n  spread: 1', true],
  ['- service: web\n  running: 3', false],
  ['- task: { of: web, state: running }\n  on: node1', true],
  ['- secret: pw', true],
  ['- config: c', 'unknown'],
  ['- compose: shop\n  services: { api: running }', true],
  ['- stack: shop', false],
  ['- port: 8080\n  by: docker', true],
  ['- port: node2:8080', false],
  ['- port: 9\n  listening: false', true],
  ['- http: node1:8080/\n  status: 200\n  body: Hello', true],
  ['- http: 8080/\n  body: /Hello/', true],
  ['- http: node1:8080/\n  json: { ok: true }', true],
  ['- http: 8081/', false],
  ['- http: node1:8080/other', 'unknown'],
  ['- file: /root/a\n  contains: y=2\n  lines: 2\n  mode: /644$/', true],
  ['- file: /root/b', false],
  ['- file: /root/b\n  absent: true', true],
  ['- file: /root/c', 'unknown'],
  ['- process: /nginx/\n  user: root', true],
  ['- env: EDITOR\n  equals: vi', true],
  ['- env: NONE', false],
  ['- ran: docker service scale\n  exit: 0', true],
  ['- ran: docker ps\n  on: node1', false],
  ['- run: "true && x"', 'unknown'],
  ['- ask: How many?\n  answer: [3, three]', false],
  ['- any: [{ container: none }, { container: web }]', true],
  ['- not: { container: web }', false],
  ['- not: { config: c }', 'unknown'],
  ['- container: web\n- config: c', 'unknown'],
  ['- container: none\n- config: c', false],
];

describe('what holds', () => {
  for (const [yaml, light] of table) {
    test(yaml.replaceAll('\n', ' '), () => {
      const { checks } = stepOf(yaml);
      const verdicts = evaluate(checks, facts);
      expect(lightOf(checks, ({ key }) => verdicts.get(key)?.light ?? 'unknown')).toBe(light);
    });
  }

  test('what a step says that it needs is all that its lights need', () => {
    for (const [yaml] of table) {
      const step = stepOf(yaml);
      const verdicts = evaluate(step.checks, facts);
      expect(evaluate(step.checks, onlyNeeded(facts, needsOf(step))), yaml).toEqual(verdicts);
    }
  });

  test('nothing is known of a session without facts, and nothing is false', () => {
    for (const [yaml] of table) {
      if (yaml.includes('ask')) continue;
      for (const { light } of evaluate(stepOf(yaml).checks, { nodes: { node1: {}, node2: {} } }).values())
        expect(light).toBe('unknown');
    }
  });

  test('what is away makes no "no", and takes nothing away', () => {
    const { checks } = stepOf('- container: web\n- container: gone\n- container: web\n  count: ">=1"');
    const away: Facts = { ...facts, nodes: { ...facts.nodes, node2: {} } };
    expect([...evaluate(checks, away).values()].map(({ light }) => light)).toEqual([true, 'unknown', true]);
  });
});

describe('progress', () => {
  const step = stepOf('- container: web\n- service: web\n  running: 1\n- fail: { container: lost }');
  const [first, second] = leavesOf(step.checks);
  const lost = step.fail === undefined ? undefined : leavesOf(step.fail)[0];
  const looks = (a: boolean | 'unknown', b: boolean | 'unknown', c: boolean = false) =>
    new Map([
      [first?.key ?? '', { light: a }],
      [second?.key ?? '', { light: b }],
      [lost?.key ?? '', { light: c }],
    ]);

  test('a step is done when all hold together for long enough, once, and stays so', () => {
    let progress = advance(enterStep(0), step, looks(false, true), 10);
    progress = advance(progress, step, looks(true, false), 20);
    expect(progress.doneAt).toBeUndefined();
    progress = advance(progress, step, looks(true, true), 30);
    expect(progress.doneAt).toBeUndefined();
    expect(nextWake(progress, step.checks, 30)).toBe(1_030);
    progress = advance(progress, step, looks(true, 'unknown'), 500);
    progress = advance(progress, step, looks(true, true), 1_030);
    expect(progress.doneAt).toBe(1_030);
    expect(progress.already).toBeUndefined();
    progress = advance(progress, step, looks(false, false), 2_000);
    expect(progress.doneAt).toBe(1_030);
    expect(progress.leaves[first?.key ?? '']?.passedAt).toBe(20);
  });

  test('what was true before is marked so, and a step that was wholly true says it', () => {
    const half = advance(enterStep(0), step, looks(true, false), 1);
    expect(half.leaves[first?.key ?? '']?.already).toBe(true);
    expect(half.doneAt).toBeUndefined();
    const whole = advance(advance(enterStep(0), step, looks(true, true), 1), step, looks(true, true), 1_001);
    expect(whole).toMatchObject({ doneAt: 1_001, already: true });
  });

  test('a flapping condition begins anew, and a lost step is told', () => {
    let progress = advance(enterStep(0), step, looks(true, true), 0);
    progress = advance(progress, step, looks(true, false), 900);
    progress = advance(progress, step, looks(true, true), 1_000);
    progress = advance(progress, step, looks(true, true, true), 1_900);
    expect(progress.doneAt).toBeUndefined();
    expect(progress.failedAt).toBe(1_900);
  });
});

test.each([
  ['- node: node3\n  state: ready', false],
  ['- node: node3\n  engine: ready', true],
  ['- node: node3\n  absent: true', true],
  ['- node: node2\n  absent: true', false],
])('of a node that is in no swarm, the swarm’s words are known to be none: %s', (yaml, light) => {
  const step = stepOf(yaml);
  const more: Facts = { ...facts, nodes: { ...facts.nodes, node3: { engine: 'ready', role: 'none' } } };
  const [leaf] = leavesOf(step.checks);
  expect(evaluate(step.checks, more).get(leaf?.key ?? '')?.light).toBe(light);
});

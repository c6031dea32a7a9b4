// The wrong paths of learners, by their facts: each says what there is, what is wanted, and what was probably meant.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../evaluate/evaluate.ts';
import { type Facts, factsSchema, type NodeFacts } from '../facts/facts.ts';
import { leafOf } from '../testing/steps.ts';
import { explain } from './explain.ts';
import { sentenceOf } from './explanation.ts';
import { SENTENCES } from './strings.ts';

const EMPTY = {
  engine: 'ready',
  containers: [],
  images: [],
  volumes: [],
  networks: [],
  ports: [],
  files: {},
  http: {},
  processes: [],
  env: {},
  runs: {},
  commands: [],
} satisfies NodeFacts;
const node = (name: string, id: string, availability: 'active' | 'drain' = 'active') => ({
  id,
  name,
  ip: '',
  state: 'ready' as const,
  availability,
});
const service = (more: object = {}) => ({
  id: 's',
  name: 'web',
  image: 'nginx:latest',
  mode: 'replicated',
  replicas: 3,
  ports: [],
  networks: [],
  update: null,
  createdAt: 1,
  ...more,
});
const task = (more: object = {}) => ({
  id: `t${JSON.stringify(more)}`,
  serviceId: 's',
  nodeId: 'm',
  slot: 1,
  state: 'running',
  desired: 'running',
  image: 'nginx',
  error: null,
  containerId: null,
  updatedAt: 1,
  ...more,
});
const container = (more: object = {}) => ({ name: 'web', image: 'nginx:latest', state: 'running', ...more });
const swarm = (more: object = {}) => ({
  managers: [node('node1', 'm')],
  workers: [node('node2', 'w')],
  leader: 'node1',
  services: [service()],
  tasks: [task()],
  networks: [],
  secrets: [],
  configs: [],
  nodeLabels: {},
  ...more,
});

function factsOf(
  one: object = {},
  cluster: object | null = null,
  two: object = {},
  answers: Facts['answers'] = {},
): Facts {
  return factsSchema.parse({
    nodes: { node1: { ...EMPTY, ...one }, node2: { ...EMPTY, ...two } },
    swarm: cluster,
    answers,
  });
}

const RUNNING = '- service: web\n  running: 3';
const waiting = (error: string, more: object = {}) =>
  factsOf(
    { images: [{ tags: ['nginx:latest'] }] },
    swarm({
      services: [service({ image: 'ngnix:latest' })],
      tasks: [task(), task({ slot: 2, state: 'rejected', error }), task({ slot: 3, state: 'rejected', error })],
      ...more,
    }),
  );
const published = [{ port: 8080, target: 80 }];
const port = { port: 8080, protocol: 'tcp', source: 'container' };

const paths: [name: string, yaml: string, facts: Facts, sentence: string][] = [
  ['no swarm yet', '- swarm: { managers: 1 }', factsOf(), 'There is no swarm yet.'],
  ['a swarm that should be left', '- swarm:\n  absent: true', factsOf({}, swarm()), 'There is a swarm still.'],
  [
    'a swarm without leader',
    '- swarm: { ready: 3 }',
    factsOf({}, swarm({ leader: null })),
    'The swarm has no leader: too few managers answer.',
  ],
  ['too few managers', '- swarm: { managers: 3 }', factsOf({}, swarm()), 'managers of "the swarm" is 1; wanted: 3.'],
  [
    'a worker that did not join',
    '- swarm: { workers: 2 }',
    factsOf({}, swarm()),
    'workers of "the swarm" is 1; wanted: 2.',
  ],
  [
    'a node outside the swarm',
    '- node: node3\n  role: worker',
    factsOf({}, swarm()),
    'There is no node "node3" in the swarm.',
  ],
  [
    'a node of the session that has not joined',
    '- node: node1\n  state: ready',
    factsOf({}, swarm({ managers: [node('other', 'm')] })),
    'There is no node "node1" in the swarm.',
  ],
  [
    'a worker that should be a manager',
    '- node: node2\n  role: manager',
    factsOf({}, swarm()),
    'role of "node2" is worker; wanted: manager.',
  ],
  [
    'a node still drained',
    '- node: node2\n  availability: active',
    factsOf({}, swarm({ workers: [node('node2', 'w', 'drain')] })),
    'availability of "node2" is drain; wanted: active.',
  ],
  [
    'a label forgotten',
    '- node: node2\n  label: zone=b',
    factsOf({}, swarm()),
    '"node2" has no label; wanted: zone=b.',
  ],
  [
    'a service without a swarm',
    '- service: web',
    factsOf(),
    'There is no swarm, and so no service: this wants "docker swarm init" first.',
  ],
  [
    'a service misspelt',
    '- service: web',
    factsOf({}, swarm({ services: [service({ name: 'wbe' })] })),
    'There is no service "web". There is "wbe".',
  ],
  [
    'a service by another name',
    '- service: frontend\n  image: nginx',
    factsOf({}, swarm()),
    'There is no service "frontend". "web" has the same image.',
  ],
  [
    'a container and no service',
    '- service: web',
    factsOf({ containers: [container()] }, swarm({ services: [] })),
    'A container "web" runs on node1; it is no service.',
  ],
  [
    'a service and no container',
    '- container: web',
    factsOf({}, swarm()),
    '"web" is a service; its containers have other names.',
  ],
  [
    'replicas forgotten',
    RUNNING,
    factsOf({}, swarm({ services: [service({ replicas: 1 })] })),
    '"web" is to run 1; wanted: 3.',
  ],
  [
    'tasks on their way',
    RUNNING,
    factsOf({}, swarm({ tasks: [task(), task({ slot: 2, state: 'preparing' })] })),
    '1 of 3 run. 2 are on their way.',
  ],
  [
    'a task on another node',
    '- task: { of: web, state: running }\n  on: node2',
    factsOf(
      {},
      swarm({
        services: [service(), service({ id: 'o', name: 'other' })],
        tasks: [task(), task({ serviceId: 'o', nodeId: 'w' })],
      }),
    ),
    'The task of "web" is on node1, not on node2.',
  ],
  [
    'tasks of other services alone',
    '- task: { of: web, state: failed }',
    factsOf(
      {},
      swarm({
        services: [service(), service({ id: 'o', name: 'other' })],
        tasks: [task({ serviceId: 'o', state: 'failed' })],
      }),
    ),
    'There is no task of "web".',
  ],
  [
    'a task in another state, beside one of another service in that state',
    '- task: { of: web, state: pending }',
    factsOf(
      {},
      swarm({
        services: [service(), service({ id: 'o', name: 'other' })],
        tasks: [task({ serviceId: 'o', state: 'pending' }), task()],
      }),
    ),
    'state of "web.1" is running; wanted: pending.',
  ],
  [
    'a constraint with a slip',
    '- service: web\n  constraint: node.labels.disk==fast',
    factsOf({}, swarm({ services: [service({ constraints: ['node.labels.disk==fst'] })] })),
    'constraint of "web" is node.labels.disk==fst; wanted: node.labels.disk==fast.',
  ],
  ['tasks not there yet', RUNNING, factsOf({}, swarm()), '1 of 3 run.'],
  [
    'an image misspelt',
    RUNNING,
    waiting('No such image: ngnix:latest'),
    '1 of 3 run. 2 wait: no such image "ngnix:latest" (did you mean "nginx"?).',
  ],
  [
    'a tag that is none',
    RUNNING,
    waiting('No such image: nginx:1.99', { services: [service({ image: 'nginx:1.99' })] }),
    '1 of 3 run. 2 wait: no such image "nginx:1.99" (did you mean "nginx:latest"?).',
  ],
  [
    'an image of nowhere',
    RUNNING,
    waiting('pull access denied', { services: [service({ image: 'acme/shop:2' })] }),
    '1 of 3 run. 2 wait: no such image "acme/shop:2".',
  ],
  [
    'a constraint that no node meets',
    RUNNING,
    waiting('no suitable node (scheduling constraints not satisfied on 2 nodes)', {
      services: [service({ constraints: ['node.labels.zone==b'] })],
    }),
    '1 of 3 run. 2 wait: no node fits node.labels.zone==b.',
  ],
  [
    'all nodes drained',
    RUNNING,
    waiting('no suitable node (2 nodes not available for new tasks)', { workers: [node('node2', 'w', 'drain')] }),
    '1 of 3 run. 2 wait: no node takes tasks (node2 drained or paused).',
  ],
  [
    'a port that another service has',
    RUNNING,
    waiting('port 8080 is already in use by service', {
      services: [
        service({ ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }] }),
        service({ id: 'o', name: 'old', ports: [{ published: 8080, target: 80, protocol: 'tcp', mode: 'ingress' }] }),
      ],
    }),
    '1 of 3 run. 2 wait: port 8080 is taken by "old".',
  ],
  ['a task that ends', RUNNING, waiting('task: non-zero exit (1)'), '1 of 3 run. 2 wait: task: non-zero exit (1).'],
  [
    'an update that stopped',
    '- service: web\n  update: completed',
    factsOf({}, swarm({ services: [service({ update: 'paused' })] })),
    'The update of "web" stopped, since new tasks failed.',
  ],
  [
    'a secret not given',
    '- service: web\n  secret: pw',
    factsOf({}, swarm({ services: [service({ secrets: [] })] })),
    '"web" has no secret; wanted: pw.',
  ],
  [
    'a network of another name',
    '- service: web\n  network: backend',
    factsOf(
      {},
      swarm({
        services: [service({ networks: ['n'] })],
        networks: [{ id: 'n', name: 'bakend', driver: 'overlay', ingress: false, attachable: false, subnets: [] }],
      }),
    ),
    'network of "web" is bakend; wanted: backend (did you write "bakend" for it?).',
  ],
  ['a secret missing', '- secret: pw', factsOf({}, swarm()), 'There is no secret "pw".'],
  [
    'a config misspelt',
    '- config: site',
    factsOf({}, swarm({ configs: [{ name: 'stie' }] })),
    'There is no config "site". There is "stie".',
  ],
  ['a stack not deployed', '- stack: shop', factsOf({}, swarm({ services: [] })), 'There is no stack "shop".'],
  [
    'a stack of which a part runs',
    '- stack: shop\n  running: all',
    factsOf({}, swarm({ services: [service({ name: 'shop_web', labels: { 'com.docker.stack.namespace': 'shop' } })] })),
    'Not all services of "shop" run.',
  ],
  ['no container yet', '- container: { image: nginx }', factsOf(), 'There is no container yet.'],
  [
    'a container misspelt',
    '- container: web',
    factsOf({ containers: [container({ name: 'wed' })] }),
    'There is no container "web". There is "wed".',
  ],
  [
    'no name given',
    '- container: web\n  image: nginx',
    factsOf({ containers: [container({ name: 'happy_curie' })] }),
    'There is no container "web". "happy_curie" has the same image.',
  ],
  [
    'the wrong node',
    '- container: web\n  on: node2',
    factsOf({ containers: [container()] }),
    'The container "web" is on node1, not on node2.',
  ],
  [
    'a container that should be gone',
    '- container: web\n  absent: true',
    factsOf({ containers: [container()] }),
    'The container "web" is still there.',
  ],
  [
    'the wrong image',
    '- container: web\n  image: httpd',
    factsOf({ containers: [container()] }),
    'image of "web" is nginx:latest; wanted: httpd.',
  ],
  [
    '-d forgotten, and Ctrl-C',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'exited', exit: 130 })] }),
    '"web" has ended with 130 (interrupted by Ctrl-C).',
  ],
  [
    'a command that is over',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'exited', exit: 0 })] }),
    '"web" has ended with 0 (it had nothing more to do).',
  ],
  [
    'no such command',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'exited', exit: 127, logs: 'a\nb\nc\nsh: foo: not found\n' })] }),
    '"web" has ended with 127 (no such command). Its last words: b / c / sh: foo: not found',
  ],
  [
    'out of memory',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'exited', exit: 137, oomKilled: true })] }),
    '"web" was killed: out of memory.',
  ],
  [
    'created only',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'created' })] }),
    '"web" was made, but not started.',
  ],
  [
    'a port in use',
    '- container: web\n  state: running',
    factsOf({
      containers: [container({ state: 'created', error: 'Bind for 0.0.0.0:80 failed: port is already allocated' })],
    }),
    '"web" could not start: Bind for 0.0.0.0:80 failed: port is already allocated.',
  ],
  [
    'a network missing',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'created', error: 'network app not found' })] }),
    '"web" could not start: network app not found.',
  ],
  [
    'no space left',
    '- container: web\n  state: running',
    factsOf({ diskFree: 4_096, containers: [container({ state: 'exited', exit: 1 })] }),
    'The disk of node1 is full.',
  ],
  [
    'a restart loop',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'restarting', exit: 1 })] }),
    '"web" starts and ends again and again; it ended with 1 (an error).',
  ],
  [
    'paused',
    '- container: web\n  state: running',
    factsOf({ containers: [container({ state: 'paused' })] }),
    '"web" is paused.',
  ],
  [
    'unhealthy',
    '- container: web\n  health: healthy',
    factsOf({ containers: [container({ health: 'unhealthy' })] }),
    '"web" runs, but its health check fails.',
  ],
  [
    '-p forgotten',
    '- container: web\n  publishes: 8080',
    factsOf({ containers: [container()] }),
    '"web" publishes no port.',
  ],
  [
    'another port',
    '- container: web\n  publishes: 8080',
    factsOf({ containers: [container({ publishes: [{ port: 8081, target: 80 }] })] }),
    '"web" publishes 8081:80; wanted: 8080.',
  ],
  [
    'the ports swapped',
    '- container: web\n  publishes: 8080:80',
    factsOf({ containers: [container({ publishes: [{ port: 80, target: 8080 }] })] }),
    '"web" publishes 80:8080: the node\'s port comes first, then the container\'s.',
  ],
  [
    '-e forgotten',
    '- container: web\n  env: { MODE: dev }',
    factsOf({ containers: [container({ env: {} })] }),
    '"web" has no env; wanted: MODE=dev.',
  ],
  [
    'a variable misspelt',
    '- container: web\n  env: { MODE: dev }',
    factsOf({ containers: [container({ env: { MODEL: 'dev' } })] }),
    'env of "web" is {"MODEL":"dev"}; wanted: MODE=dev (did you write "MODEL" for it?).',
  ],
  [
    'no memory limit',
    '- container: web\n  limits: { memory: 64MB }',
    factsOf({ containers: [container({ limits: {} })] }),
    '"web" has no limits; wanted: memory=67108864.',
  ],
  [
    'too few containers',
    '- container: { image: nginx }\n  count: 3',
    factsOf({ containers: [container()] }),
    'There are 1; wanted: 3.',
  ],
  [
    'an image not built',
    '- image: shop:1',
    factsOf({ images: [{ tags: ['shop:latest'] }] }),
    'There is no image "shop:1". There is "shop:latest".',
  ],
  [
    'an image too large',
    '- image: shop\n  size: "<50MB"',
    factsOf({ images: [{ tags: ['shop:latest'], size: 900_000_000 }] }),
    'size of "shop:latest" is 900000000; wanted: <52428800.',
  ],
  [
    'a volume misspelt',
    '- volume: data',
    factsOf({ volumes: [{ name: 'dat' }] }),
    'There is no volume "data". There is "dat".',
  ],
  [
    'a volume unused',
    '- volume: data\n  used-by: db',
    factsOf({ volumes: [{ name: 'data', usedBy: [] }] }),
    '"data" has no used-by; wanted: db.',
  ],
  [
    'the wrong driver',
    '- network: app\n  driver: overlay',
    factsOf({ networks: [{ name: 'app', driver: 'bridge' }] }),
    'driver of "app" is bridge; wanted: overlay.',
  ],
  [
    'a container that publishes nothing, alone on its node',
    '- http: 8080/',
    factsOf({ containers: [container({ name: 'app' })] }),
    'Nothing listens on 8080: "app" publishes no port.',
  ],
  [
    'two containers, of which nobody knows which was meant',
    '- http: 8080/',
    factsOf({ containers: [container({ name: 'app' }), container({ name: 'db' })] }),
    'Nothing listens on 8080.',
  ],
  [
    'one label of several forgotten',
    '- container: web\n  label: maintainer=me',
    factsOf({ containers: [container({ labels: { 'org.example.title': 'Web' } })] }),
    '"web" has no label maintainer; wanted: me.',
  ],
  [
    'one label of several with another value',
    '- container: web\n  label: maintainer=me',
    factsOf({ containers: [container({ labels: { maintainer: 'you', 'org.example.title': 'Web' } })] }),
    'label maintainer of "web" is you; wanted: me.',
  ],
  [
    'one service of a project not there',
    '- compose: shop\n  services: { web: running, db: running }',
    factsOf({
      containers: [
        container({
          name: 'shop-db-1',
          labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db' },
        }),
      ],
    }),
    '"shop" has no service web; wanted: running.',
  ],
  ['a port that nobody opened', '- port: 8080', factsOf(), 'Nothing listens on 8080.'],
  [
    'a port nearby',
    '- port: 8080',
    factsOf({ ports: [{ ...port, port: 8008 }] }),
    'Nothing listens on 8080. 8008 is open.',
  ],
  [
    'a port of another node',
    '- port: node2:8080',
    factsOf({ ports: [port] }),
    'Nothing listens on 8080 of node2; node1 has it.',
  ],
  [
    "the node's loopback",
    '- port: 8080\n  reachable: true',
    factsOf({ ports: [{ ...port, loopback: true }] }),
    "8080 is open on the node's loopback only: publish it without 127.0.0.1.",
  ],
  [
    'a process instead of docker',
    '- port: 8080\n  by: docker',
    factsOf({ ports: [{ ...port, source: 'process' }] }),
    '8080 is opened by a process; wanted: docker.',
  ],
  [
    "the container's loopback",
    '- http: node1:8080/\n  status: 200',
    factsOf({
      ports: [port],
      containers: [container({ publishes: published, listens: [{ port: 80, address: '127.0.0.1' }] })],
      http: { 'GET http://8080/': { error: 'reset' } },
    }),
    '8080 is published, but nothing answers: the program listens on 127.0.0.1 of the container.',
  ],
  [
    'the wrong port of the container',
    '- http: node1:8080/\n  status: 200',
    factsOf({
      ports: [port],
      containers: [container({ publishes: published, listens: [{ port: 3000, address: '0.0.0.0' }] })],
      http: { 'GET http://8080/': { error: 'reset' } },
    }),
    '8080 is published, but nothing answers: it leads to 80 of the container, and the program listens on 3000.',
  ],
  [
    'the wrong status',
    '- http: node1:8080/\n  status: 200',
    factsOf({ ports: [port], http: { 'GET http://8080/': { status: 404, body: 'x' } } }),
    'The answer is 404; wanted: 200.',
  ],
  [
    'the wrong page',
    '- http: node1:8080/\n  body: Hello',
    factsOf({ ports: [port], http: { 'GET http://8080/': { status: 200, body: 'Welcome to nginx!' } } }),
    'The answer begins with Welcome to nginx!',
  ],
  [
    'no file',
    '- file: /root/app/Dockerfile',
    factsOf({ files: { '/root/app/Dockerfile': { type: 'missing' } } }),
    'There is no file /root/app/Dockerfile.',
  ],
  [
    'a file misspelt',
    '- file: /root/Dockerfile',
    factsOf({ files: { '/root/Dockerfile': { type: 'missing' }, '/root/Dockerfle': { type: 'file' } } }),
    'There is no file /root/Dockerfile. There is /root/Dockerfle.',
  ],
  [
    'a file on another node',
    '- file: node2:/a',
    factsOf({ files: { '/a': { type: 'file' } } }, null, { files: { '/a': { type: 'missing' } } }),
    'There is no file /a on node2. node1 has it.',
  ],
  [
    'a line that differs',
    '- file: /a\n  equals: "FROM nginx\\nRUN x\\n"',
    factsOf({ files: { '/a': { type: 'file', content: 'FROM nginx\nRUN y\n' } } }),
    'Line 2 is RUN y; wanted: RUN x',
  ],
  [
    'an empty file',
    '- file: /a\n  contains: x',
    factsOf({ files: { '/a': { type: 'file', content: '' } } }),
    '/a is empty.',
  ],
  [
    'words missing',
    '- file: /a\n  contains: USER',
    factsOf({ files: { '/a': { type: 'file', content: 'FROM x' } } }),
    '/a does not hold USER.',
  ],
  ['no process', '- process: nginx', factsOf(), 'No process nginx runs.'],
  [
    'a variable not exported',
    '- env: MODE',
    factsOf({ env: { MODE: null } }),
    'MODE is not set in the shell. Was it exported?',
  ],
  [
    'a command that failed',
    '- ran: docker build\n  exit: 0',
    factsOf({ commands: [{ text: 'docker build .', exit: 1, at: 1 }] }),
    'The command ran and failed with 1 (an error).',
  ],
  [
    'a command on another node',
    '- ran: docker ps\n  on: node2',
    factsOf({ commands: [{ text: 'docker ps', exit: 0, at: 1 }] }),
    'The command ran on node1, not on node2.',
  ],
  [
    'a command misspelt',
    '- ran: docker images',
    factsOf({ commands: [{ text: 'docker imags', exit: 1, at: 1 }] }),
    'It was not run yet. You ran docker imags',
  ],
  ['a command not run', '- ran: docker images', factsOf(), 'It was not run yet.'],
  ['a wrong answer', '- ask: How many?\n  answer: 3', factsOf(), 'There is no answer yet.'],
];

describe('the wrong paths', () => {
  for (const [name, yaml, facts, sentence] of paths) {
    test(name, () => {
      const leaf = leafOf(yaml);
      expect(evaluate({ op: 'all', of: [leaf] }, facts).get(leaf.key)?.light).toBe(false);
      expect(sentenceOf(explain(leaf, facts))).toBe(sentence);
    });
  }

  test('a script says its last line, and how it ended', () => {
    const leaf = leafOf('- run: test -f /x');
    const facts = factsOf({ runs: { [leaf.key]: { exit: 2, output: 'a\n', stderr: 'one\nno such file\n' } } });
    expect(sentenceOf(explain(leaf, facts))).toBe('The check ended with 2: no such file');
  });

  test("the author's own words come first, with what there is and what is wanted", () => {
    const leaf = leafOf(`${RUNNING}\n  say: "You have {have}, we want {want}. {other}"`);
    expect(sentenceOf(explain(leaf, factsOf({}, swarm())), leaf.say)).toBe('You have 1, we want running 3. {other}');
  });
});

test('names of a hostile learner are text: bounded, their hidden letters shown, never a place for another argument', () => {
  const leaf = leafOf('- container: web\n  state: running');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      const facts = factsOf({ containers: [container({ state: 'exited', exit: 1, logs: text })] });
      const sentence = sentenceOf(explain(leaf, facts));
      expect(sentence.length).toBeLessThan(400);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may come through
      expect(sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]/);
    }),
    { numRuns: 300 },
  );
});

test('sentences are whole, and every one of them is of the file', () => {
  for (const sentence of Object.values(SENTENCES)) expect(sentence).toMatch(/^[A-Z"{/].*[.…!?}]$/s);
  expect(paths.length).toBeGreaterThanOrEqual(60);
});

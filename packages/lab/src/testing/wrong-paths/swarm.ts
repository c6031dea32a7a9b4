/** Wrong paths with swarms, services and stacks. */
import { container, factsOf, node, RUNNING, service, swarm, task, type WrongPath, waiting } from './facts.ts';

export const SWARM: readonly WrongPath[] = [
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
];

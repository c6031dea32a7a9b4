/** Wrong paths with containers, images, volumes and networks. */
import { container, factsOf, type WrongPath } from './facts.ts';

export const CONTAINERS: readonly WrongPath[] = [
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
];

/** Wrong paths with ports, pages, files, processes and commands of a node. */
import { container, factsOf, port, published, type WrongPath } from './facts.ts';

export const NODE: readonly WrongPath[] = [
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

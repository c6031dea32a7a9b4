/** Facts of learners' nodes, made in a line, for the paths that go wrong. */
import { type Facts, factsSchema, type NodeFacts } from '../../facts/facts.ts';

export const EMPTY = {
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
export const node = (name: string, id: string, availability: 'active' | 'drain' = 'active') => ({
  id,
  name,
  ip: '',
  state: 'ready' as const,
  availability,
});
export const service = (more: object = {}) => ({
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
export const task = (more: object = {}) => ({
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
export const container = (more: object = {}) => ({ name: 'web', image: 'nginx:latest', state: 'running', ...more });
export const swarm = (more: object = {}) => ({
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

/** Facts of node1 and node2, and of their swarm. */
export function factsOf(
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

/** A check of three replicas. */
export const RUNNING = '- service: web\n  running: 3';
/** Two tasks of three ended with `error`. */
export const waiting = (error: string, more: object = {}) =>
  factsOf(
    { images: [{ tags: ['nginx:latest'] }] },
    swarm({
      services: [service({ image: 'ngnix:latest' })],
      tasks: [task(), task({ slot: 2, state: 'rejected', error }), task({ slot: 3, state: 'rejected', error })],
      ...more,
    }),
  );
export const published = [{ port: 8080, target: 80 }];
export const port = { port: 8080, protocol: 'tcp', source: 'container' };

/** What a learner did wrong: a check, the facts, and the sentence that explains it. */
export type WrongPath = readonly [name: string, yaml: string, facts: Facts, sentence: string];

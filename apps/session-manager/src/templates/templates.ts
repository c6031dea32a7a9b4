/** The ready-made beginnings of a session, as data; template-runner.ts carries them out. */
import { DrydockError, type NodeLimits } from '@drydock/protocol';

/** Steps run one after another, when every node's docker answers (a swarm's nodes join as theirs does). Nodes are named as in `nodes`. */
export type TemplateStep =
  /** The first manager begins a swarm, the others join. */
  | { kind: 'swarm'; managers: readonly string[]; workers: readonly string[] }
  | { kind: 'file'; node: string; path: string; content: string }
  | { kind: 'run'; node: string; text: string; command: readonly string[]; timeoutSeconds: number };

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly nodes: readonly string[];
  readonly steps: readonly TemplateStep[];
  /** What its nodes get instead of the host's defaults. */
  readonly limits?: Partial<NodeLimits>;
  /** How soon it is usually ready from a warm pool (whole seconds), where that was measured (docs/SPECIFICATION.md). */
  readonly readySeconds?: number;
}

const numbered = (stem: string, count: number) => Array.from({ length: count }, (_, index) => `${stem}${index + 1}`);

function swarm(managerCount: number, workerCount: number): Template {
  const managers = numbered('mgr', managerCount);
  const workers = numbered('wrk', workerCount);
  const words = [`${managerCount} manager${managerCount === 1 ? '' : 's'}`];
  if (workerCount > 0) words.push(`${workerCount} worker${workerCount === 1 ? '' : 's'}`);
  const tolerates = Math.floor((managerCount - 1) / 2);
  return {
    id: workerCount === 0 ? `swarm-${managerCount}m` : `swarm-${managerCount}m${workerCount}w`,
    title: `Swarm: ${words.join(' and ')}`,
    description:
      tolerates === 0
        ? workerCount > 1
          ? 'What most lessons on swarm begin with.'
          : 'The smallest swarm that has work to place.'
        : `A swarm that survives the loss of ${tolerates} manager${tolerates === 1 ? '' : 's'}.`,
    nodes: [...managers, ...workers],
    steps: [{ kind: 'swarm', managers, workers }],
    readySeconds: 3,
  };
}

const COMPOSE_FILE = `# A page that counts its visits in Redis. Try: docker compose ps, logs, up --scale, down.
services:
  web:
    image: drydock/web:1
    ports:
      - "8080:80"
    depends_on:
      - redis
  redis:
    image: redis
    volumes:
      - visits:/data
volumes:
  visits:
`;

/** All templates, in the order in which they are offered. */
export const TEMPLATES: readonly Template[] = [
  {
    id: 'one-node',
    title: 'One node',
    description: 'A single Docker host with an empty engine.',
    nodes: ['node1'],
    steps: [],
    readySeconds: 1,
  },
  swarm(1, 1),
  swarm(1, 2),
  swarm(3, 2),
  swarm(5, 0),
  swarm(3, 3),
  {
    id: 'workshop',
    title: 'Workshop of five nodes',
    description: 'Five Docker hosts that know nothing of each other yet: one for each of a group, or a swarm by hand.',
    nodes: numbered('node', 5),
    steps: [],
    readySeconds: 3,
  },
  {
    id: 'compose-app',
    title: 'Compose application',
    description: 'A web page and its Redis, running from a compose file in /root/app; the page is on port 8080.',
    nodes: ['node1'],
    steps: [
      { kind: 'file', node: 'node1', path: '/root/app/compose.yaml', content: COMPOSE_FILE },
      {
        kind: 'run',
        node: 'node1',
        text: 'Starting the application',
        command: ['docker', 'compose', '--project-directory', '/root/app', 'up', '-d', '--quiet-pull'],
        timeoutSeconds: 120,
      },
    ],
  },
  {
    id: 'registry',
    title: 'A registry of your own',
    description: 'Two nodes and a registry on node1: push to localhost:5000 there, pull from node1:5000 anywhere.',
    nodes: ['node1', 'node2'],
    steps: [
      {
        kind: 'run',
        node: 'node1',
        text: 'Starting the registry',
        command: ['docker', 'run', '-d', '--restart=always', '--name', 'registry', '-p', '5000:5000', 'registry'],
        timeoutSeconds: 120,
      },
    ],
  },
];

/** What this place offers: its operator's own templates first, then ours. */
export interface TemplateBook {
  readonly all: readonly Template[];
  /** The template of an id. @throws DrydockError UNKNOWN_TEMPLATE. */
  require(id: string): Template;
}

/** Builds the book; an own template replaces ours of the same id. */
export function templateBook(own: readonly Template[] = []): TemplateBook {
  const all = [...own, ...TEMPLATES.filter(({ id }) => !own.some((other) => other.id === id))];
  return {
    all,
    require(id) {
      const template = all.find((candidate) => candidate.id === id);
      if (template === undefined) {
        throw new DrydockError('UNKNOWN_TEMPLATE', undefined, { known: all.map((each) => each.id) });
      }
      return template;
    },
  };
}

/** A session as the server would describe it, for the stories: one swarm of three nodes, one of which is in trouble. */
import {
  type NodeView,
  type PublishedPort,
  type SessionSnapshot,
  type SwarmView,
  sessionIdSchema,
  type TerminalView,
} from '@drydock/protocol';

/** All times of the stories count from here, so that a picture is the same every time (ms since the epoch). */
export const STORY_NOW = Date.UTC(2026, 10, 29, 9, 0, 0);
export const STORY_SESSION = sessionIdSchema.parse('kjwtq5ab');

const MIB = 1024 * 1024;

export function storyNode(name: string, index: number, change: Partial<NodeView> = {}): NodeView {
  return {
    name,
    ip: `192.168.0.${10 + index}`,
    state: 'running',
    dockerReady: true,
    swarm: { role: 'none', leader: false },
    limits: { cpus: 2, memoryBytes: 2048 * MIB, diskBytes: 10_240 * MIB, pids: 4096 },
    usage: { cpu: 0.12, memoryBytes: 410 * MIB, diskBytes: 1900 * MIB, pids: 60, oomKills: 0 },
    ports: [],
    createdAt: STORY_NOW - 600_000,
    host: 'host-a',
    reachable: true,
    ...change,
  };
}

export const STORY_NODES: readonly NodeView[] = [
  storyNode('mgr1', 1, { swarm: { role: 'manager', leader: true } }),
  storyNode('wrk1', 2, { swarm: { role: 'worker', leader: false } }),
  storyNode('wrk2', 3, { swarm: { role: 'worker', leader: false } }),
];

export const STORY_PORTS: readonly PublishedPort[] = [
  {
    port: 8080,
    protocol: 'tcp',
    source: 'container',
    label: 'web',
    title: 'Visits',
    scheme: 'http',
    url: 'http://8080-mgr1-kjwtq5ab.lab.example',
    visibility: 'private',
    host: 'keep',
  },
  {
    port: 9000,
    protocol: 'tcp',
    source: 'swarm',
    label: 'shop',
    url: 'http://9000-mgr1-kjwtq5ab.lab.example',
    visibility: 'public',
    host: 'keep',
  },
];

export const STORY_TERMINALS: readonly TerminalView[] = [
  { terminalId: 't-story-0001', node: 'mgr1', cols: 80, rows: 24, createdAt: STORY_NOW - 500_000 },
];

export const STORY_SWARM: SwarmView = {
  managers: [
    {
      id: 'm1',
      name: 'mgr1',
      ip: '192.168.0.11',
      state: 'ready',
      availability: 'active',
      reachability: 'reachable',
    },
  ],
  workers: [
    { id: 'w1', name: 'wrk1', ip: '192.168.0.12', state: 'ready', availability: 'active' },
    { id: 'w2', name: 'wrk2', ip: '192.168.0.13', state: 'ready', availability: 'drain' },
  ],
  leader: 'mgr1',
  services: [
    {
      id: 's1',
      name: 'shop',
      image: 'drydock/web:1',
      mode: 'replicated',
      replicas: 3,
      networks: ['n1'],
      ports: [{ published: 9000, target: 80, protocol: 'tcp', mode: 'ingress' }],
      update: null,
      createdAt: STORY_NOW - 300_000,
    },
  ],
  tasks: ['m1', 'w1', 'w1'].map((nodeId, index) => ({
    id: `task${index}`,
    serviceId: 's1',
    nodeId,
    slot: index + 1,
    state: index === 2 ? 'starting' : 'running',
    desired: 'running',
    image: 'drydock/web:1',
    error: null,
    containerId: null,
    updatedAt: STORY_NOW - 200_000,
  })),
  networks: [
    { id: 'n1', name: 'ingress', driver: 'overlay', ingress: true, attachable: false, subnets: ['10.0.0.0/24'] },
  ],
};

export function storySnapshot(change: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    seq: 1,
    right: 'owner',
    session: {
      id: STORY_SESSION,
      name: 'Swarm lesson',
      state: 'active',
      createdAt: STORY_NOW - 3_600_000,
      expiresAt: STORY_NOW + 3 * 3_600_000,
      now: STORY_NOW,
      limits: { nodes: 8, node: storyNode('node1', 1).limits },
      nodes: [...STORY_NODES],
      features: {
        ingress: 'mesh',
        encryptedOverlay: false,
        vlan: false,
        platforms: ['linux/amd64'],
        cgroup: 2,
        isolation: 'shared-kernel',
        egress: 'mirror-only',
        figures: 'node',
        bounds: {
          bytesPerInode: 16_384,
          files: 1_048_576,
          connections: 4096,
          connectionsPerSecond: 100,
          bitsPerSecond: 100_000_000,
        },
      },
      template: null,
    },
    terminals: [],
    // With no server behind it the page is not to open one by itself.
    terminalsPending: true,
    ports: {},
    swarm: { view: null, problem: null },
    people: [
      { id: 'p1', browser: 'aa01', name: 'Ada', right: 'owner', terminalId: null },
      { id: 'p2', browser: 'bb02', name: 'Ben', right: 'collaborator', terminalId: 't-story-0001' },
      { id: 'p3', browser: 'cc03', name: null, right: 'viewer', terminalId: null },
    ],
    ...change,
  };
}

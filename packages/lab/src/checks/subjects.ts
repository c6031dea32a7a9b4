/** Every subject with its conditions: the one table that the compiler, its messages and the editor's help read. */
import type { SubjectKind } from './plan.ts';

/**
 * What a condition takes: `text` any scalar or pattern; `size`, `duration` with units; `list` one or more; `map` names to values;
 * an enumeration its words; `node` a node of the lab.
 */
export type ConditionType =
  | 'text'
  | 'number'
  | 'boolean'
  | 'size'
  | 'duration'
  | 'list'
  | 'map'
  | 'limits'
  | 'absent'
  | 'node'
  | 'parameter'
  | readonly string[];

export type SubjectRule = {
  /** What follows the subject's key: a name or pattern, a map of conditions, or a form of its own. */
  takes: 'name' | 'conditions' | 'port' | 'http' | 'path' | 'words' | 'variable' | 'question' | 'script';
  conditions: Readonly<Record<string, ConditionType>>;
  /** Its default node is the lab's first: asking every node would cost each of them. */
  onFirstNode?: true;
};

const CONTAINER_STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const;
const HEALTH = ['starting', 'healthy', 'unhealthy', 'none'] as const;
const TASK_STATES = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const;
const UPDATE_STATES = [
  'updating',
  'paused',
  'completed',
  'rollback_started',
  'rollback_paused',
  'rollback_completed',
] as const;

export const SUBJECTS: Readonly<Record<SubjectKind, SubjectRule>> = {
  swarm: {
    takes: 'conditions',
    conditions: { managers: 'number', workers: 'number', ready: 'number', leader: 'text', locked: 'boolean' },
  },
  node: {
    takes: 'name',
    conditions: {
      role: ['manager', 'worker', 'none'],
      availability: ['active', 'pause', 'drain'],
      label: 'map',
      state: ['ready', 'down', 'disconnected', 'unknown'],
      engine: ['ready', 'starting', 'stopped'],
      memory: 'size',
    },
  },
  container: {
    takes: 'name',
    conditions: {
      image: 'text',
      state: CONTAINER_STATES,
      health: HEALTH,
      exit: 'number',
      restarts: 'number',
      publishes: 'list',
      network: 'list',
      mount: 'list',
      env: 'map',
      label: 'map',
      cmd: 'text',
      user: 'text',
      privileged: 'boolean',
      limits: 'limits',
      ip: 'text',
      logs: 'text',
      on: 'node',
    },
  },
  image: {
    takes: 'name',
    conditions: {
      tag: 'text',
      label: 'map',
      size: 'size',
      layers: 'number',
      arch: 'text',
      from: 'text',
      cmd: 'text',
      user: 'text',
      on: 'node',
    },
  },
  volume: { takes: 'name', conditions: { driver: 'text', label: 'map', 'used-by': 'list', on: 'node' } },
  network: {
    takes: 'name',
    conditions: {
      driver: 'text',
      subnet: 'text',
      attachable: 'boolean',
      encrypted: 'boolean',
      internal: 'boolean',
      label: 'map',
      'used-by': 'list',
      on: 'node',
    },
  },
  service: {
    takes: 'name',
    conditions: {
      image: 'text',
      mode: ['replicated', 'global', 'replicated-job', 'global-job'],
      replicas: 'number',
      running: 'number',
      publishes: 'list',
      network: 'list',
      secret: 'list',
      config: 'list',
      mount: 'list',
      constraint: 'list',
      limits: 'limits',
      env: 'map',
      label: 'map',
      update: UPDATE_STATES,
      spread: 'number',
    },
  },
  task: { takes: 'name', conditions: { of: 'text', state: TASK_STATES, error: 'text', on: 'node' } },
  stack: { takes: 'name', conditions: { services: 'list', running: ['all', 'some'] } },
  secret: { takes: 'name', conditions: { label: 'map' } },
  config: { takes: 'name', conditions: { label: 'map' } },
  compose: { takes: 'name', conditions: { services: 'map', running: 'number', on: 'node' } },
  port: {
    takes: 'port',
    conditions: { listening: 'boolean', by: ['docker', 'process'], reachable: 'boolean', on: 'node' },
  },
  http: {
    takes: 'http',
    conditions: {
      status: 'number',
      body: 'text',
      header: 'map',
      json: 'map',
      within: 'parameter',
      method: 'parameter',
      on: 'node',
    },
  },
  file: {
    takes: 'path',
    conditions: {
      contains: 'text',
      equals: 'text',
      mode: 'text',
      owner: 'text',
      type: ['file', 'directory', 'link', 'other'],
      json: 'map',
      yaml: 'map',
      lines: 'number',
      'newer-than-step': 'boolean',
      on: 'node',
    },
    onFirstNode: true,
  },
  process: { takes: 'words', conditions: { user: 'text', on: 'node' }, onFirstNode: true },
  env: { takes: 'variable', conditions: { equals: 'text', on: 'node' }, onFirstNode: true },
  ran: { takes: 'words', conditions: { exit: 'number', pipe: ['ok'], on: 'node' } },
  ask: { takes: 'question', conditions: { answer: 'list', 'equals-run': 'parameter', on: 'node' } },
  run: {
    takes: 'script',
    conditions: { exit: 'number', output: 'text', as: 'parameter', timeout: 'parameter', on: 'node' },
    onFirstNode: true,
  },
};

export const SUBJECT_KINDS = Object.keys(SUBJECTS) as SubjectKind[];

/** Conditions that any subject may have besides; `count` only where there may be several of it. */
export const COUNTED: ReadonlySet<SubjectKind> = new Set<SubjectKind>([
  'container',
  'image',
  'volume',
  'network',
  'service',
  'task',
  'secret',
  'config',
  'process',
  'ran',
  'node',
]);
export const MODIFIERS = ['say', 'title', 'for'] as const;
/** Keys that open a group or change what a leaf means. */
export const GROUP_KEYS = ['not', 'any', 'all', 'fail'] as const;

/** All keys that an item with this subject may have. */
export function keysOf(kind: SubjectKind): string[] {
  const counted = COUNTED.has(kind) ? ['count'] : [];
  return [...Object.keys(SUBJECTS[kind].conditions), ...counted, 'absent', ...MODIFIERS];
}

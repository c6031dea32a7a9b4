/** What an honest place answers to each command, as samples that tests spoil. */
const NODE = {
  name: 'node1',
  ip: '192.168.0.11',
  state: 'running',
  dockerReady: true,
  swarm: { role: 'none', leader: false },
  limits: { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 },
  usage: null,
  ports: [],
  createdAt: 1,
};
export const SESSION = {
  id: 'aaaaaaaa',
  name: 'A session',
  state: 'active',
  createdAt: 1,
  expiresAt: 2,
  now: 1,
  limits: { nodes: 8, node: NODE.limits },
  nodes: [NODE],
  features: null,
  template: null,
};
export const TOKEN = 't0ken'.padEnd(43, 'x');
const LINKS = { owner: 'https://a/s/1#2', collaborator: 'https://a/s/1#3', viewer: 'https://a/s/1#4' };
const EXEC = { exitCode: 0, stdout: 'out', stderr: 'err', truncated: true, durationMs: 1 };
const ENTRY = { id: '1-1', at: 1, kind: 'node-added', node: 'node1', subject: 'a subject', detail: 'a detail' };
const OPERATOR_SESSION = {
  id: 'aaaaaaaa',
  state: 'active',
  template: 'a template',
  createdAt: 1,
  expiresAt: 2,
  client: 'a client',
  person: 'a person',
  hosts: ['host1'],
  nodes: [{ name: 'node1', host: 'host1', state: 'running', cpus: 1, maxCpus: 1, memoryBytes: 1 }],
  cpus: 1,
  cpuSeconds: 1,
  network: { sentBytes: 1, receivedBytes: 1, sentPerSecond: 1, receivedPerSecond: 1 },
  refused: {},
  note: 'a note',
  frozen: { at: 1, reason: 'a reason' },
  flag: { at: 1, text: 'a flag' },
};
const USAGE = {
  kind: 'client',
  who: 'a client',
  sessions: 1,
  nodes: 1,
  cpus: 1,
  cpuSeconds: 1,
  sentBytes: 1,
  receivedBytes: 1,
};
const AUDIT = { at: 1, by: 'somebody', action: 'an action', target: 'a target', detail: 'a detail' };
const BLOCK = {
  id: 'b1',
  kind: 'network',
  value: '203.0.113.0/24',
  reason: 'a reason',
  by: 'who',
  createdAt: 1,
  until: 2,
};

/** Commands on sessions, and what they are answered; `{here}` is a folder of the test. */
export const SESSION_COMMANDS: readonly [args: readonly string[], answer: unknown][] = [
  [['list'], SESSION],
  [['list', '--json'], SESSION],
  [['start'], { session: SESSION, token: TOKEN, links: LINKS }],
  [['start', '--json', '-n', '0'], { session: SESSION, token: TOKEN, links: LINKS }],
  [['open', '--print'], SESSION],
  [['extend'], SESSION],
  [['end'], undefined],
  [['exec', 'node1', 'true'], EXEC],
  [['exec', '--json', 'node1', 'true'], EXEC],
  [['logs'], [ENTRY]],
  [['logs', '--json'], [ENTRY]],
  [['cp', '{here}/file', 'node1:/srv/'], { complete: true, etag: '"1"', sizeBytes: 1, created: true }],
  [['cp', '{here}/large', 'node1:/srv/'], { complete: false, receivedBytes: 0 }],
  [['cp', 'node1:/etc/hosts', '{here}/got'], { some: 'file' }],
];

/** An operator's, by the key of a place. */
export const OPERATOR_COMMANDS: readonly [args: readonly string[], answer: unknown][] = [
  [['operator', 'sessions'], [OPERATOR_SESSION]],
  [['operator', 'show', 'aaaaaaaa'], OPERATOR_SESSION],
  [['operator', 'end', 'aaaaaaaa', '--reason', 'x'], {}],
  [['operator', 'usage'], [USAGE]],
  [['operator', 'audit'], [AUDIT]],
  [['operator', 'link'], { url: 'https://a/operator#1', minutes: 10 }],
  [['operator', 'blocks'], [BLOCK]],
  [['operator', 'host-token'], { token: 'a token', hours: 1 }],
  [['operator', 'block', '203.0.113.1', '--reason', 'x'], { block: BLOCK, ended: ['aaaaaaaa'] }],
];

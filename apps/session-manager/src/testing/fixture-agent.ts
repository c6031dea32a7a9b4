/**
 * A host for tests: speaks the whole agent protocol over real sockets; its nodes are entries in memory, their ports are real
 * servers on this machine, their commands are real processes of this machine.
 */
import {
  type AgentAnswer,
  type AgentCommandMessage,
  type AgentCommandName,
  type AgentFact,
  type AgentHello,
  type AgentNodeReport,
  type AgentRequest,
  DrydockError,
  type NodeProbe,
  nodeAddress,
  PROTOCOL_VERSION,
  type ProbedFacts,
  type SessionId,
  type SessionNetwork,
  type SwarmState,
  toDrydockError,
  type Underlay,
  type WatchedFacts,
  type WatchedTable,
} from '@drydock/protocol';
import { createFixtureCarriers } from './fixture-carriers.ts';
import { execOnHost } from './fixture-exec.ts';
import { createFixtureLinks } from './fixture-links.ts';
import { createFixtureStreams, type FixtureStreams } from './fixture-stream.ts';
import { createFixtureTerminals } from './fixture-terminals.ts';

type LabProbe = (sessionId: SessionId, node: string, probes: NodeProbe[]) => ProbedFacts | Promise<ProbedFacts>;

export interface FixtureAgentOptions {
  /** The manager's address; several managers: their addresses. */
  url: string | readonly string[];
  /** Connects again after every break, as a real agent does. */
  keepTrying?: boolean;
  name: string;
  key: string;
  maxNodes?: number;
  pool?: number;
  protocol?: number;
  /** How long a node takes to be made (ms); by its name where they differ. */
  createMs?: number | ((node: string) => number);
  /** Where other hosts reach it; without it its sessions stay on it. */
  underlay?: Underlay;
  /** False: an agent of the release that knew no `session.rest`. */
  knowsRest?: boolean;
  /** False: an agent of the release that looked at nothing for labs. */
  knowsLabs?: boolean;
  /** True: the terminals' bytes go by a stream of their own, as those of agents since release 0.2. */
  streams?: boolean;
}

export interface FixtureAgent {
  readonly name: string;
  /** All nodes, as `session/node`. */
  nodes(): string[];
  /** What it was told last of the session's other hosts, and the seed of its key. */
  network(sessionId: SessionId): SessionNetwork | undefined;
  keySeed(sessionId: SessionId): string | undefined;
  /** Commands that came, by name and session/node. */
  readonly commands: string[];
  /** Sessions that the manager named in its last answer to a hello. */
  sessions(): string[];
  /** Sessions whose nodes are frozen. */
  frozen(): string[];
  /** Whether every manager knows all that this host has. */
  allGreeted(): boolean;
  /** Connects (again) and waits for the answer to the hello. @throws Error with `code` when it is refused. */
  connect(): Promise<void>;
  /** Breaks the connection; nodes and terminals stay. */
  disconnect(): void;
  /** Makes a node's port lead to a real port of this machine. */
  expose(sessionId: SessionId, node: string, port: number, realPort: number): void;
  /** Lets the next commands of a name fail with a code, or wait for ever (`hang`). */
  fail(name: AgentCommandName, code: 'INTERNAL' | 'DISK_FULL' | 'hang' | undefined): void;
  /** Changes a node's report and tells it. */
  report(sessionId: SessionId, node: string, change: Partial<AgentNodeReport>): void;
  sendFact(fact: AgentFact): void;
  /** The streams of its terminals. */
  readonly terminalStreams: FixtureStreams;
  /** Sets a session's swarm and tells it. */
  setSwarm(sessionId: SessionId, swarm: SwarmState): void;
  /** Tables of a node that it keeps for a lab. */
  watchedTables(sessionId: SessionId, node: string): WatchedTable[];
  /** What its engine would tell of them; told whenever it is asked for. */
  setLabFacts(sessionId: SessionId, node: string, facts: WatchedFacts): void;
  /** Answers commands in its nodes, which are processes of this machine else. */
  onExec(answer: (request: AgentRequest<'node.exec'>) => AgentAnswer<'node.exec'>): void;
  /** Answers the probes of labs. */
  onProbe(answer: LabProbe): void;
  /** Makes a node vanish as a host's crash would. */
  forget(sessionId: SessionId, node: string): void;
  /** Says in every hello from now on that it has a terminal, as a host that was taken over may. */
  claimTerminal(terminal: AgentHello['terminals'][number]): void;
  /** Sends any event, for tests of bad input. */
  emit(event: string, ...args: unknown[]): void;
  close(): void;
}

const LIMITS = { cpus: 2, memoryBytes: 2 ** 31, diskBytes: 10 * 2 ** 30, pids: 4096 };

/** Builds an agent; nothing is dialled before `connect`. */
export function createFixtureAgent(options: FixtureAgentOptions): FixtureAgent {
  const {
    url,
    name,
    key,
    maxNodes = 8,
    pool = 0,
    protocol = PROTOCOL_VERSION,
    createMs = 0,
    knowsRest = true,
    knowsLabs = true,
    streams: streamsTerminals = false,
    keepTrying = false,
    underlay,
  } = options;
  const nodes = new Map<string, AgentNodeReport>();
  const ports = new Map<string, number>();
  const failures = new Map<AgentCommandName, string>();
  const commands: string[] = [];
  const frozen = new Set<string>();
  const swarms = new Map<string, SwarmState>();
  const networks = new Map<string, SessionNetwork>();
  const keySeeds = new Map<string, string>();
  const claimed: AgentHello['terminals'] = [];
  const watched = new Map<string, WatchedTable[]>();
  const labFacts = new Map<string, WatchedFacts>();
  let probe: LabProbe = () => ({});
  let exec: ((request: AgentRequest<'node.exec'>) => AgentAnswer<'node.exec'>) | undefined;
  let sessions: string[] = [];
  let seq = 0;

  const terminals = createFixtureTerminals({
    output({ viewerId, offset, data }) {
      if (terminalStreams.emitTo(viewerId, { event: 'output', viewerId, offset }, data)) return;
      links.emitTo(viewerId, 'output', { viewerId, offset, data });
    },
    exit(exit) {
      if (!terminalStreams.emitTo(exit.viewerId, { event: 'exit', ...exit })) links.emitTo(exit.viewerId, 'exit', exit);
    },
    changed: (sessionId, terminal) => sendFact({ kind: 'terminal', sessionId, terminal }),
  });

  const terminalStreams = createFixtureStreams(() => terminals);

  const hello = (): AgentHello => ({
    version: '0.1.0-fixture',
    capabilities: {
      ingress: 'none',
      encryptedOverlay: false,
      vlan: false,
      platforms: ['linux/amd64'],
      cgroup: 2,
      isolation: 'none',
    },
    capacity: {
      cpus: 8,
      memoryBytes: 2 ** 34,
      diskBytes: 2 ** 38,
      pool,
      maxNodes,
      defaultLimits: LIMITS,
    },
    ...(underlay === undefined ? {} : { underlay }),
    nodes: [...nodes.values()],
    terminals: [...terminals.list(), ...claimed],
    ...(streamsTerminals ? { terminalStream: true } : {}),
    ...(knowsLabs ? { labs: true } : {}),
  });

  function sendFact(fact: AgentFact): void {
    seq += 1;
    links.emit('fact', { seq, fact });
  }

  const carriers = createFixtureCarriers({
    name,
    key,
    hasNode: (sessionId, node) => nodes.has(`${sessionId}/${node}`),
    portOf: (sessionId, node, port) => ports.get(`${sessionId}/${node}/${port}`),
  });

  let warm = pool;

  async function createNode(request: AgentRequest<'node.create'>): Promise<AgentAnswer<'node.create'>> {
    const { sessionId, node, index, limits, network, keySeed } = request;
    if (network !== undefined) networks.set(sessionId, network);
    if (keySeed !== undefined) keySeeds.set(sessionId, keySeed);
    const known = nodes.get(`${sessionId}/${node}`);
    if (known !== undefined) return known;
    const delayMs = typeof createMs === 'number' ? createMs : createMs(node);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const report: AgentNodeReport = {
      sessionId,
      name: node,
      ip: nodeAddress(index),
      state: 'running',
      dockerReady: true,
      swarm: { role: 'none', leader: false },
      limits,
      usage: { cpu: 0, memoryBytes: 1, diskBytes: 1, pids: 1, oomKills: 0 },
      ports: [],
      createdAt: Date.now(),
    };
    nodes.set(`${sessionId}/${node}`, report);
    warm -= 1;
    return { ...report, from: warm < 0 ? 'cold' : 'pool' };
  }

  function destroyNode(sessionId: SessionId, node: string): void {
    nodes.delete(`${sessionId}/${node}`);
    terminals.endSession(sessionId, node);
  }

  const handlers: { [C in AgentCommandName]: (request: AgentRequest<C>, url: string) => unknown } = {
    'node.create': createNode,
    'node.destroy': ({ sessionId, node }) => {
      destroyNode(sessionId, node);
      return {};
    },
    'session.destroy': ({ sessionId }) => {
      for (const each of nodes.values()) if (each.sessionId === sessionId) destroyNode(sessionId, each.name);
      return {};
    },
    'session.network': ({ sessionId, network }) => {
      networks.set(sessionId, network);
      return {};
    },
    'session.rest': ({ sessionId }) => {
      if (knowsRest === false)
        throw new DrydockError('BAD_REQUEST', 'This agent does not know the command session.rest.');
      for (const each of nodes.values()) if (each.sessionId === sessionId) terminals.endSession(sessionId, each.name);
      return {};
    },
    'session.freeze': ({ sessionId, frozen: isFrozen }) => {
      if (isFrozen) frozen.add(sessionId);
      else frozen.delete(sessionId);
      return {};
    },
    'node.exec': (request) => (exec === undefined ? execOnHost(request) : exec(request)),
    'terminal.open': terminals.open,
    'terminal.attach': terminals.attach,
    'terminal.detach': terminals.detach,
    'terminal.input': terminals.input,
    'terminal.resize': terminals.resize,
    'terminal.close': terminals.close,
    'terminal.stream': async ({ streamId }, from) => {
      if (!streamsTerminals) throw new DrydockError('BAD_REQUEST', 'This agent does not know that command.');
      terminalStreams.serve(await carriers.dial(from, streamId));
      return {};
    },
    'stream.open': carriers.open,
    'lab.watch': ({ sessionId, node, tables }) => {
      watched.set(`${sessionId}/${node}`, [...tables]);
      const facts = labFacts.get(`${sessionId}/${node}`);
      if (facts !== undefined && tables.length > 0) sendFact({ kind: 'lab', sessionId, node, facts });
      return {};
    },
    'lab.probe': ({ sessionId, node, probes }) => probe(sessionId, node, probes),
    'swarm.read': ({ sessionId }) => swarms.get(sessionId) ?? { view: null, problem: null },
    ping: () => ({}),
  };

  async function run({ name: command, request }: AgentCommandMessage, from: string): Promise<unknown> {
    const { sessionId = '', node = '' } = request as { sessionId?: SessionId; node?: string };
    commands.push(`${command} ${sessionId}/${node}`);
    const failure = failures.get(command);
    if (failure === 'hang') return new Promise(() => undefined);
    try {
      if (failure !== undefined) throw new DrydockError(failure as 'INTERNAL');
      return await (handlers[command] as (request: unknown, from: string) => unknown)(request, from);
    } catch (error) {
      return { error: toDrydockError(error).toBody() };
    }
  }

  const links = createFixtureLinks({
    urls: typeof url === 'string' ? [url] : url,
    auth: { name, key, protocol },
    keepTrying,
    hello,
    onAnswer(named, { nodes: listed }) {
      sessions = named;
      for (const node of listed) if (!named.includes(node.sessionId)) destroyNode(node.sessionId, node.name);
    },
    run,
    onViewersLost: (viewerIds) => {
      for (const viewerId of viewerIds) terminals.detach({ viewerId });
    },
  });

  return {
    name,
    commands,
    nodes: () => [...nodes.keys()],
    network: (sessionId) => networks.get(sessionId),
    keySeed: (sessionId) => keySeeds.get(sessionId),
    sessions: () => sessions,
    frozen: () => [...frozen],
    allGreeted: links.allGreeted,
    connect: links.connect,
    disconnect: links.disconnect,
    expose: (sessionId, node, port, realPort) => void ports.set(`${sessionId}/${node}/${port}`, realPort),
    fail(command, code) {
      if (code === undefined) failures.delete(command);
      else failures.set(command, code);
    },
    report(sessionId, node, change) {
      const before = nodes.get(`${sessionId}/${node}`);
      if (before === undefined) throw new Error(`no node ${node}`);
      const after = { ...before, ...change };
      nodes.set(`${sessionId}/${node}`, after);
      sendFact({ kind: 'node', node: after });
    },
    sendFact,
    terminalStreams,
    setSwarm(sessionId, swarm) {
      swarms.set(sessionId, swarm);
      sendFact({ kind: 'swarm', sessionId, swarm });
    },
    watchedTables: (sessionId, node) => watched.get(`${sessionId}/${node}`) ?? [],
    setLabFacts(sessionId, node, facts) {
      labFacts.set(`${sessionId}/${node}`, facts);
      if ((watched.get(`${sessionId}/${node}`) ?? []).length > 0) sendFact({ kind: 'lab', sessionId, node, facts });
    },
    onExec(answer) {
      exec = answer;
    },
    onProbe(answer) {
      probe = answer;
    },
    forget: destroyNode,
    claimTerminal: (terminal) => void claimed.push(terminal),
    emit: links.emit,
    close() {
      links.close();
      terminalStreams.cut();
      carriers.cut();
    },
  };
}

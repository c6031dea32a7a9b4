/**
 * The contract between managers and agents: socket.io namespace `/agent`, dialled out by the agent.
 * Commands with ids go down and are acknowledged; facts with sequence numbers come up. An agent never learns a user.
 */
import { z } from 'zod';
import type { ErrorBody } from '../errors.ts';
import { hostFeaturesSchema } from '../host-features.ts';
import { execRequestSchema, execResponseSchema } from '../http.ts';
import {
  hostNameSchema,
  nodeNameSchema,
  portNumberSchema,
  sessionIdSchema,
  streamIdSchema,
  terminalIdSchema,
  viewerIdSchema,
} from '../ids.ts';
import {
  MAX_PROBES,
  nodeProbeSchema,
  probedFactsSchema,
  watchedFactsSchema,
  watchedTableSchema,
} from '../lab/lab-facts.ts';
import { MAX_NODES_PER_SESSION, MAX_REPORTED_PORTS } from '../limits.ts';
import { PROCESSES, processHealthSchema } from '../process-health.ts';
import { refusalsSchema } from '../refusals.ts';
import { nodeLimitsSchema, nodeReportSchema } from '../session/node.ts';
import { nodePortSchema } from '../session/ports.ts';
import { swarmStateSchema } from '../session/swarm.ts';
import { engineEventSchema, timelineFactSchema } from '../session/timeline.ts';
import {
  attachResultSchema,
  colsSchema,
  offsetSchema,
  outputBytesSchema,
  rowsSchema,
  terminalExitSchema,
  terminalInputSchema,
  terminalResizeSchema,
  terminalViewSchema,
} from '../terminal/terminal.ts';
import { keySeedSchema, sessionNetworkSchema, trafficSchema, underlaySchema } from './session-network.ts';

export const AGENT_NAMESPACE = '/agent';
/** The socket.io `path` at which agents connect: apart from browsers', since an agent's messages may be larger. */
export const AGENT_SOCKET_PATH = '/agent-socket';
/** The path at which an agent brings a byte stream: `GET <path>/<streamId>` with `Upgrade: drydock-stream`, then raw bytes. */
export const AGENT_STREAM_PATH = '/agent-stream';
export const AGENT_STREAM_UPGRADE = 'drydock-stream';

/** socket.io `auth` of an agent. `key` is the host's own secret. */
export const agentAuthSchema = z.object({
  name: hostNameSchema,
  key: z.string().min(32).max(256),
  protocol: z.number().int(),
});

export const sessionNodeSchema = z.object({ sessionId: sessionIdSchema, node: nodeNameSchema });
/** A node of a session as it crosses this border: names are unique in a session only. */
export const agentNodeReportSchema = nodeReportSchema.extend({ sessionId: sessionIdSchema });
export type AgentNodeReport = z.infer<typeof agentNodeReportSchema>;

export const capacitySchema = z.object({
  /** What nodes may use in all, after the operator's reserve. */
  cpus: z.number(),
  memoryBytes: z.number().int(),
  diskBytes: z.number().int(),
  /** Booted nodes that belong to nobody yet. */
  pool: z.number().int(),
  /** How many nodes of the default size this host takes at most. */
  maxNodes: z.number().int(),
  defaultLimits: nodeLimitsSchema,
  /** Nodes that could not be removed yet; `maxNodes` is less by them. Since release 0.2. */
  remains: z.number().int().optional(),
  /** How often the agent has lost the terminal host since it started: each time the host's terminals ended. Since release 0.2. */
  terminalBreaks: z.number().int().optional(),
  /** The agent and the terminal host. Since release 0.3. */
  processes: z.array(processHealthSchema).max(PROCESSES.length).optional(),
});
export type Capacity = z.infer<typeof capacitySchema>;

/** First message of a connection: all that the host has, so that the manager needs no memory of it. */
export const agentHelloSchema = z.object({
  version: z.string(),
  /** The host’s features: their name on this link is older, and the other release reads it too. */
  capabilities: hostFeaturesSchema,
  capacity: capacitySchema,
  /** Only of a host whose operator lets sessions span hosts. Since release 0.2. */
  underlay: underlaySchema.optional(),
  nodes: z.array(agentNodeReportSchema),
  terminals: z.array(terminalViewSchema.extend({ sessionId: sessionIdSchema })),
  /** The terminal host can bring its bytes by a stream of its own (`terminal.stream`); since release 0.2. */
  terminalStream: z.boolean().optional(),
  /** It knows `lab.watch` and `lab.probe`; since release 0.3. */
  labs: z.boolean().optional(),
});
export type AgentHello = z.infer<typeof agentHelloSchema>;

/** The manager's answer: which sessions live on this host. The agent destroys what belongs to none of them. */
export const helloAnswerSchema = z.object({ sessions: z.array(sessionIdSchema) });

const nodeOriginSchema = z.enum(['pool', 'cold']);
export type NodeOrigin = z.infer<typeof nodeOriginSchema>;

const egressSchema = z.enum(['internet', 'mirror-only', 'none']);

/** Commands (manager -> agent event `command`), each with its request and answer. All are idempotent. */
export const agentCommands = {
  'node.create': {
    request: sessionNodeSchema.extend({
      /** The node's number in its session; its address is nodeAddress(index). */
      index: z.number().int().min(1).max(MAX_NODES_PER_SESSION),
      limits: nodeLimitsSchema,
      egress: egressSchema.optional(),
      /** Of the session's ssh key; an agent that has a key of it already keeps that. */
      keySeed: keySeedSchema.optional(),
      /** Of a session that spans hosts. */
      network: sessionNetworkSchema.optional(),
    }),
    /** `from`: whether a booted node of the pool was given, or one was made. Older agents do not say. */
    answer: agentNodeReportSchema.extend({ from: nodeOriginSchema.optional() }),
  },
  /** The other hosts of a session, or their nodes, have changed. Since release 0.2, and only to hosts with an underlay. */
  'session.network': {
    request: z.object({ sessionId: sessionIdSchema, network: sessionNetworkSchema }),
    answer: z.object({}),
  },
  'node.destroy': { request: sessionNodeSchema, answer: z.object({}) },
  'session.destroy': { request: z.object({ sessionId: sessionIdSchema }), answer: z.object({}) },
  /**
   * Ends everything that runs in the session's nodes on this host, terminals included; only files can be read from then on.
   * Since release 0.2: an older agent answers BAD_REQUEST.
   */
  'session.rest': { request: z.object({ sessionId: sessionIdSchema }), answer: z.object({}) },
  /** Stops every process of the session's nodes on this host where it is, or lets them go on. An older agent answers BAD_REQUEST. */
  'session.freeze': { request: z.object({ sessionId: sessionIdSchema, frozen: z.boolean() }), answer: z.object({}) },
  'node.exec': { request: sessionNodeSchema.extend(execRequestSchema.shape), answer: execResponseSchema },
  'terminal.open': {
    request: sessionNodeSchema.extend({ terminalId: terminalIdSchema, cols: colsSchema, rows: rowsSchema }),
    answer: z.object({}),
  },
  'terminal.attach': {
    request: z.object({ terminalId: terminalIdSchema, viewerId: viewerIdSchema, offset: offsetSchema }),
    answer: attachResultSchema,
  },
  'terminal.detach': { request: z.object({ viewerId: viewerIdSchema }), answer: z.object({}) },
  'terminal.input': { request: terminalInputSchema, answer: z.object({}) },
  'terminal.resize': { request: terminalResizeSchema, answer: z.object({}) },
  'terminal.close': { request: z.object({ terminalId: terminalIdSchema }), answer: z.object({}) },
  /**
   * Lets the host's terminal host bring a stream to AGENT_STREAM_PATH/<streamId> (terminal-stream.ts): from then on the manager
   * attaches and types by it. Only of agents whose hello says `terminalStream`.
   */
  'terminal.stream': { request: z.object({ streamId: streamIdSchema }), answer: z.object({}) },
  /**
   * Asks the agent to bring a byte stream to AGENT_STREAM_PATH/<streamId>: connected to a TCP port of the node (`tcp`; on the
   * node's address, else its loopback), or to stdin and stdout of a command run as the node's root (`exec`).
   * Answered when the target is connected or started; errors: PORT_REFUSED, PORT_TIMEOUT, NODE_NOT_FOUND.
   */
  'stream.open': {
    request: sessionNodeSchema.extend({
      streamId: streamIdSchema,
      target: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('tcp'), port: portNumberSchema }),
        z.object({ kind: z.literal('exec'), command: z.array(z.string().max(8192)).min(1).max(64) }),
      ]),
    }),
    answer: z.object({ loopback: z.boolean().optional() }),
  },
  /**
   * Keeps tables of a node's engine for a lab's checks and tells them by facts `lab`, for LAB_WATCH_MS from now; asked again it goes on. No
   * tables: it stops. Only to agents whose hello says `labs`.
   */
  'lab.watch': {
    request: sessionNodeSchema.extend({ tables: z.array(watchedTableSchema).max(16) }),
    answer: z.object({}),
  },
  /** Looks once; what takes longer than its own bound is not in the answer. Only to agents whose hello says `labs`. */
  'lab.probe': {
    request: sessionNodeSchema.extend({ probes: z.array(nodeProbeSchema).min(1).max(MAX_PROBES) }),
    answer: probedFactsSchema,
  },
  /** Asks the session's managing node now; facts `swarm` tell of changes by themselves. */
  'swarm.read': { request: z.object({ sessionId: sessionIdSchema }), answer: swarmStateSchema },
  /** Answered at once: every fact that the agent sent before its answer has then arrived. Any answer serves, a refusal too. */
  ping: { request: z.object({}), answer: z.object({}) },
} as const;
/** How long an agent goes on to watch for a lab after it was asked to (ms): a manager that died asks for nothing for long. */
export const LAB_WATCH_MS = 60_000;

export type AgentCommandName = keyof typeof agentCommands;
export type AgentRequest<C extends AgentCommandName> = z.output<(typeof agentCommands)[C]['request']>;
export type AgentAnswer<C extends AgentCommandName> = z.output<(typeof agentCommands)[C]['answer']>;

/** The envelope of a command. `id` makes a repeated command harmless. */
export interface AgentCommandMessage<C extends AgentCommandName = AgentCommandName> {
  id: string;
  name: C;
  request: AgentRequest<C>;
}

/** `reason` of a `floor` fact for want of disk. A freeze for it holds for as long as the host repeats it. */
export const DISK_SHORT_REASON =
  'the disk of the host is nearly full. They go on by themselves when there is room again.';

/** Facts (agent -> manager event `fact`). */
export const agentFactSchema = z.discriminatedUnion('kind', [
  /** A node's report as it is now; sent at each change of state, docker readiness, swarm role and every few seconds for usage. */
  z.object({ kind: z.literal('node'), node: agentNodeReportSchema }),
  z.object({
    kind: z.literal('node-gone'),
    sessionId: sessionIdSchema,
    name: nodeNameSchema,
    reason: z.enum(['deleted', 'lost', 'failed']),
  }),
  z.object({
    kind: z.literal('ports'),
    sessionId: sessionIdSchema,
    node: nodeNameSchema,
    ports: z.array(nodePortSchema).max(MAX_REPORTED_PORTS),
  }),
  z.object({ kind: z.literal('capacity'), capacity: capacitySchema }),
  /**
   * The host keeps itself going: it has stopped the session's nodes here (`freeze`; until `thaw`), or asks for the session's end, for what one
   * session may not take of it. `reason` is shown on the session's pages. Repeated while it holds.
   */
  z.object({
    kind: z.literal('floor'),
    sessionId: sessionIdSchema,
    action: z.enum(['freeze', 'thaw', 'end']),
    reason: z.string().max(256),
  }),
  /** Something that an engine told; a node that tells too much is cut short by its agent. */
  z.object({
    kind: z.literal('event'),
    sessionId: sessionIdSchema,
    event: timelineFactSchema.extend({ kind: engineEventSchema, node: nodeNameSchema }),
  }),
  /** The session's swarm as its managing node on this host sees it; sent at each change, and for every session after a hello. */
  z.object({ kind: z.literal('swarm'), sessionId: sessionIdSchema, swarm: swarmStateSchema }),
  /** A terminal was opened or has another size; told to every manager, since only one of them asked for it. */
  z.object({ kind: z.literal('terminal'), sessionId: sessionIdSchema, terminal: terminalViewSchema }),
  /** A node's tables that are watched for a lab; each fact holds all of them. */
  z.object({ kind: z.literal('lab'), sessionId: sessionIdSchema, node: nodeNameSchema, facts: watchedFactsSchema }),
  /** What a session's network has refused since it was made; repeated whenever it was read. */
  z.object({ kind: z.literal('refusals'), sessionId: sessionIdSchema, refused: refusalsSchema }),
  /** What the session's uplink on this host has carried; told when it has changed, and for every session after a hello. Since release 0.2. */
  z.object({ kind: z.literal('traffic'), sessionId: sessionIdSchema, traffic: trafficSchema }),
]);
export type AgentFact = z.infer<typeof agentFactSchema>;
export const agentFactEventSchema = z.object({ seq: z.number().int().min(1), fact: agentFactSchema });

/** Terminal bytes to one viewer (agent -> manager event `output`), in order, without gap or overlap. */
export const viewerOutputSchema = z.object({ viewerId: viewerIdSchema, offset: offsetSchema, data: outputBytesSchema });
export type ViewerOutput = z.infer<typeof viewerOutputSchema>;
/** A viewer fell behind the log: `screen` stands for all before `offset` (event `screen`). */
export const viewerScreenSchema = z.object({ viewerId: viewerIdSchema, screen: z.string(), offset: offsetSchema });
/** A viewer drew all before `offset` (manager -> agent event `ack`, not acknowledged). */
export const viewerAckSchema = z.object({ viewerId: viewerIdSchema, offset: offsetSchema });
/** The PTY's size changed, in its place among a viewer's bytes (agent -> manager event `size`). */
export const viewerSizeSchema = terminalResizeSchema.extend({ viewerId: viewerIdSchema, offset: offsetSchema });
export type ViewerSize = z.infer<typeof viewerSizeSchema>;
/**
 * With `viewerId`: the shell ended, and that viewer has been sent every byte before. Without: the terminal is forgotten, there is
 * nothing left to attach to (agent -> manager event `exit`).
 */
export const agentExitSchema = terminalExitSchema.extend({ viewerId: viewerIdSchema.optional() });
export type AgentExit = z.infer<typeof agentExitSchema>;

type Ack<T> = (answer: T | { error: ErrorBody }) => void;

/** socket.io's typing: what an agent sends. */
export interface AgentToManagerEvents {
  hello: (hello: AgentHello, ack: Ack<z.infer<typeof helloAnswerSchema>>) => void;
  fact: (event: z.infer<typeof agentFactEventSchema>) => void;
  output: (output: ViewerOutput) => void;
  screen: (screen: z.infer<typeof viewerScreenSchema>) => void;
  size: (size: ViewerSize) => void;
  exit: (exit: AgentExit) => void;
}

/** socket.io's typing: what a manager sends. */
export interface ManagerToAgentEvents {
  command: (message: AgentCommandMessage, ack: Ack<unknown>) => void;
  ack: (ack: z.infer<typeof viewerAckSchema>) => void;
}

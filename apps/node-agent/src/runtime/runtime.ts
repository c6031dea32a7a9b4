/** What makes nodes: runc today, a directory and a process for tests at scale, microVMs some day. */
import type { Socket } from 'node:net';
import type { ExecRequest, NodeLimits, NodeUsage, SessionId } from '@drydock/protocol';
import { z } from 'zod';
import type { NodePlug } from '../system/node-plug.ts';

/** Stands for the session of a node that belongs to the pool; no session's id has a hyphen. */
export type PoolId = `pool-${string}`;

/** A node of a session, or of the pool; the pair is unique on a host. */
export interface NodeKey {
  sessionId: SessionId | PoolId;
  name: string;
}

/** The key that names of directories, groups and records say: the agent has written them itself, so they are not judged again. */
export function writtenKey(sessionId: string, name: string): NodeKey {
  return { sessionId: sessionId as NodeKey['sessionId'], name };
}

/** What a runtime must know to make a node. */
export interface NodeSpec extends NodeKey {
  limits: NodeLimits;
}

/**
 * What exists of a node: nothing; remains of one that was never whole or has lost its first process; one that is made and waits
 * for its network (`created`); one that runs.
 */
export type NodePresence =
  | { state: 'absent' }
  | { state: 'remains' }
  | { state: 'created'; node: NodeHandle }
  | { state: 'running'; node: NodeHandle };

/** A listening socket of a node; `program` is text of the learner's. */
export const listeningSocketSchema = z.object({
  protocol: z.enum(['tcp', 'udp']),
  port: z.number().int(),
  reach: z.enum(['any', 'address', 'loopback']),
  program: z.string(),
});
export type ListeningSocket = z.infer<typeof listeningSocketSchema>;

/** Who hears what happens in a node. */
export interface NodeObserver {
  /** All listening sockets: first at the beginning, then at every change. */
  onSockets(sockets: readonly ListeningSocket[]): void;
  /** The kernel has killed for want of memory, at least once since this was last called. */
  onOom(): void;
}

/**
 * One living node, for those who reach into it. It keeps its meaning when the node gets another key, and stands for no other node when this one
 * has ended: its calls then fail.
 */
export interface NodeHandle {
  /** The same whenever this node is found, by the next agent too; another node has another, also one of the same key. */
  readonly id: string;
  /** For the networks of the same platform. */
  readonly plug: NodePlug;
  /** Connects to the node's own loopback from within. @throws errno errors: ECONNREFUSED, ETIMEDOUT, ENOENT or ESTALE of a node that has ended. */
  connectTcp(host: '127.0.0.1' | '::1', port: number, timeoutMs: number): Promise<Socket>;
  /** Connects to a unix socket by its path in the node's own file tree, which is never left. @throws errno errors. */
  connectUnix(path: string): Socket;
  /** Whether it still is there. */
  alive(): Promise<boolean>;
  /** Tells the observer until the returned function is called. */
  observe(observer: NodeObserver): () => void;
}

/** What a node makes the kernel hold that no limit of memory counts. */
export interface KernelHoldings {
  /** Network namespaces. */
  namespaces: number;
  /** Network neighbours. */
  neighbours: number;
  /** Tracked connections. */
  connections: number;
  /**
   * Of the network that no group is charged for (bytes): rings of packet sockets, what waits in packet, raw and netlink sockets and before links,
   * and fragments.
   */
  socketBytes: number;
  /** Buffers of TCP and UDP. */
  transportBytes: number;
  /** Terminals (PTYs), of which each takes some 40 KB that no group is charged for. */
  terminals: number;
  /** Open descriptors of all processes, counted up to MAX_SESSION_DESCRIPTORS (kernel-watch.ts) and one more: beyond it the others of these figures are too low. */
  descriptors: number;
  /** Cgroups, in all hierarchies. */
  groups: number;
}

/** Of a node that is not there. */
export const NO_HOLDINGS: KernelHoldings = {
  namespaces: 0,
  neighbours: 0,
  connections: 0,
  socketBytes: 0,
  transportBytes: 0,
  terminals: 0,
  descriptors: 0,
  groups: 0,
};

/** Outcome of a command in a node; outputs are cut at MAX_EXEC_OUTPUT_BYTES each. */
export interface ExecResult {
  /** 128 + number for a command that ended by a signal. */
  exitCode: number;
  stdout: Buffer;
  stderr: Buffer;
  truncated: boolean;
  durationMs: number;
}

export interface ExecInput extends Omit<ExecRequest, 'stdin'> {
  /** A promise: the command is started now and waits for its input. */
  stdin?: string | Uint8Array | Promise<string>;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/** A program that enters the node: what a caller that needs its own pipes or a PTY must spawn. */
export interface EnterCommand {
  file: string;
  args: string[];
}

export interface Runtime {
  /** Checks that nodes can be made here and makes what all nodes share; once per process, before anything else. */
  prepare(): Promise<void>;
  /**
   * Makes a node up to the point where its network can be attached; its first process waits. Leaves nothing when it fails.
   * The key must be absent.
   */
  create(spec: NodeSpec): Promise<NodeHandle>;
  /** Lets the first process of a created node run. */
  start(key: NodeKey): Promise<void>;
  /**
   * Ends every process of a running node but its first, which is stopped so that it starts none again: commands run by `exec` and
   * `enter` still do, all else is over. Harmless to repeat.
   */
  rest(key: NodeKey): Promise<void>;
  /** Stops every process of a running node where it is, or lets them all go on; harmless to repeat. */
  freeze(key: NodeKey, frozen: boolean): Promise<void>;
  /** Whether a node is what create() would make today for these limits, but for those that can be set anew. */
  fits(key: NodeKey, limits: NodeLimits): Promise<boolean>;
  /**
   * Gives a running node another key, which must be absent, and other limits. All or nothing: whoever dies in the middle leaves
   * the node under one of both keys.
   */
  rename(key: NodeKey, spec: NodeSpec): Promise<void>;
  /** Counts what the kernel holds for a node, its cgroups up to `mostGroups`; nothing for one that is gone. It takes a while. */
  kernelHoldings(key: NodeKey, mostGroups: number): Promise<KernelHoldings>;
  /** Bytes that the node's disk takes on the host's; 0 for one that is gone. */
  diskBytesOf(key: NodeKey): Promise<number>;
  /** Removes everything of a node, whatever state it is in; resolves when nothing is left, rejects with what is. */
  destroy(key: NodeKey): Promise<void>;
  /** The node's directory on the host. */
  directory(key: NodeKey): string;
  /** What exists of a node, by what is on the host and not by memory. */
  probe(key: NodeKey): Promise<NodePresence>;
  /** Every node of which anything exists, this agent's only. */
  list(): Promise<NodeKey[]>;
  /** How to start a process in a running node as its root; `tty` is its first size in columns and rows. */
  enter(key: NodeKey, command: readonly string[], options?: EnterOptions): EnterCommand;
  /** Runs a command to its end; rejects with EXEC_TIMEOUT, NODE_NOT_READY when the node cannot be entered. */
  exec(key: NodeKey, input: ExecInput): Promise<ExecResult>;
  /** What a running node uses now. `killed`: the kernel has just told of a kill for want of memory, which counts whoever shows it. */
  usage(key: NodeKey, options?: { killed?: boolean }): Promise<NodeUsage>;
  /** Sets limits of a made node anew (all but the disk's). */
  limit(key: NodeKey, limits: NodeLimits): Promise<void>;
  /** Bytes that the disks of all nodes take on the host now. */
  diskBytes(): Promise<number>;
  /** Lets go of all that this process holds for nodes; they live on. */
  close(): void;
}

export interface EnterOptions {
  tty?: { cols: number; rows: number };
  cwd?: string;
  env?: Record<string, string>;
}

/** Answers `stream.open`: connects the target in the node, then brings the stream to the manager and joins the two. */
import type { Duplex } from 'node:stream';
import { type AgentAnswer, type AgentRequest, CLOSED_PORTS, DrydockError, type SessionId } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { SessionNetworks } from '../network/session/session-networks.ts';
import type { CommandShares } from '../nodes/command-shares.ts';
import { startCommand } from './command-stream.ts';
import { connectNode, type NodeAddresses } from './node-connect.ts';
import { abortStream, pipeBoth } from './pipe-both.ts';

/** What is needed of a node to reach into it. */
export interface NodeDoor extends NodeAddresses {
  /** The host's program that runs `command` as the node's root. */
  enter(command: readonly string[]): { file: string; args: string[] };
}

export interface StreamOpenerDeps {
  /** The door of a running node. */
  findNode: (sessionId: SessionId, node: string) => Promise<NodeDoor | undefined>;
  networks: Pick<SessionNetworks, 'connectTcp'>;
  /** A session's share of commands, whoever runs them. */
  commands: CommandShares;
  /** Brings a connection to the manager at `from`, which asked for the stream. */
  dial: (streamId: string, from: string) => Promise<Duplex>;
  logger: Logger;
}

export interface StreamOpener {
  open(request: AgentRequest<'stream.open'>, from?: string): Promise<AgentAnswer<'stream.open'>>;
  /** Cuts all streams of a node that is going away: a socket of ours would keep its session's network alive. */
  closeNode(sessionId: SessionId, node: string): void;
  /** Streams that are open now, of all nodes. */
  count(): number;
}

/** A place among a node's streams; `target` once it is connected. */
interface HeldStream {
  target?: Duplex;
  release(): void;
}

/** Streams of one node at a time: a gateway's keep-alive pool and a class of browsers fit, a flood does not. */
const MAX_STREAMS_PER_NODE = 512;
/** Dead peers are found by TCP's own probes after this silence (ms); an idle WebSocket is not dead. */
const KEEPALIVE_MS = 60_000;

/** Builds the opener. */
export function createStreamOpener(deps: StreamOpenerDeps): StreamOpener {
  const { networks, logger } = deps;
  /** By node; `undefined` while the target is still being connected. */
  const open = new Map<string, Set<HeldStream>>();

  async function connect(door: NodeDoor, port: number) {
    const connected = await connectNode(networks, door, port);
    connected.target.setKeepAlive(true, KEEPALIVE_MS);
    return connected;
  }

  async function run(sessionId: SessionId, program: { file: string; args: string[] }): Promise<Duplex> {
    const release = deps.commands.take(sessionId);
    try {
      return (await startCommand(program)).once('close', release);
    } catch (error) {
      release();
      throw error;
    }
  }

  async function start(request: AgentRequest<'stream.open'>, door: NodeDoor) {
    const { target } = request;
    switch (target.kind) {
      case 'tcp':
        if (CLOSED_PORTS.includes(target.port)) throw new DrydockError('PORT_CLOSED');
        return connect(door, target.port);
      case 'exec':
        return { target: await run(request.sessionId, door.enter(target.command)), loopback: undefined };
    }
  }

  function hold(key: string): HeldStream {
    const held = open.get(key) ?? new Set<HeldStream>();
    if (held.size >= MAX_STREAMS_PER_NODE) throw new DrydockError('RATE_LIMITED');
    open.set(key, held);
    const entry: HeldStream = {
      release() {
        held.delete(entry);
        if (held.size === 0 && open.get(key) === held) open.delete(key);
      },
    };
    held.add(entry);
    return entry;
  }

  async function bring(streamId: string, from: string, target: Duplex): Promise<void> {
    // The target may fail while the manager is dialled.
    target.on('error', () => {});
    const carrier = await deps.dial(streamId, from).catch((error: unknown) => {
      abortStream(target);
      throw error;
    });
    if (target.destroyed) abortStream(carrier);
    else await pipeBoth(target, carrier);
  }

  return {
    count: () => [...open.values()].reduce((sum, held) => sum + held.size, 0),
    closeNode(sessionId, node) {
      for (const { target } of open.get(`${sessionId}/${node}`) ?? []) if (target) abortStream(target);
    },
    async open(request, from = '') {
      const { sessionId, node, streamId } = request;
      const door = await deps.findNode(sessionId, node);
      if (!door) throw new DrydockError('NODE_NOT_FOUND');
      const entry = hold(`${sessionId}/${node}`);
      try {
        const { target, loopback } = await start(request, door);
        entry.target = target;
        bring(streamId, from, target)
          .catch((err: unknown) => logger.warn({ err, sessionId, node }, 'stream not brought to the manager'))
          .finally(entry.release);
        return loopback ? { loopback } : {};
      } catch (error) {
        entry.release();
        throw error;
      }
    },
  };
}

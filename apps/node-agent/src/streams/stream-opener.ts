/** Answers `stream.open`: connects the target in the node, then brings the stream to the manager and joins the two. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { type AgentAnswer, type AgentRequest, CLOSED_PORTS, DrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { sessionNetnsPath } from '../network/addresses.ts';
import type { NetnsSockets } from '../network/netns-sockets.ts';
import { abortStream, pipeBoth } from './pipe-both.ts';

/** What is needed of a node to reach into it. */
export interface NodeDoor {
  ip: string;
  /** The node's network namespace, with its inode (the path names a pid). */
  netns: { path: string; inode: number };
  /** The host's program that runs `command` as the node's root. */
  enter(command: readonly string[]): { file: string; args: string[] };
}

export interface StreamOpenerDeps {
  /** The door of a running node. */
  findNode: (sessionId: string, node: string) => Promise<NodeDoor | undefined>;
  sockets: NetnsSockets;
  dial: (streamId: string) => Promise<Duplex>;
  logger: Logger;
}

export interface StreamOpener {
  open(request: AgentRequest<'stream.open'>): Promise<AgentAnswer<'stream.open'>>;
  /** Streams that are open now, of all nodes. */
  count(): number;
}

/** Streams of one node at a time: a gateway's keep-alive pool and a class of browsers fit, a flood does not. */
const MAX_STREAMS_PER_NODE = 512;
/** A node is one hop away: a program that does not accept within this is stuck (ms). */
const CONNECT_TIMEOUT_MS = 3_000;
/** Dead peers are found by TCP's own probes after this silence (ms); an idle WebSocket is not dead. */
const KEEPALIVE_MS = 60_000;

/** Nothing of the agent's own environment goes near a node. */
const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Builds the opener. */
export function createStreamOpener(deps: StreamOpenerDeps): StreamOpener {
  const { sockets, logger } = deps;
  const open = new Map<string, number>();
  let total = 0;

  async function connect(
    sessionId: string,
    door: NodeDoor,
    port: number,
  ): Promise<{ target: Duplex; loopback: boolean }> {
    const attempts = [
      { netns: { path: sessionNetnsPath(sessionId) }, host: door.ip, loopback: false },
      // Development servers like to listen on the loopback only, some on its IPv6 address alone.
      { netns: door.netns, host: '127.0.0.1', loopback: true },
      { netns: door.netns, host: '::1', loopback: true },
    ];
    for (const { netns, host, loopback } of attempts) {
      try {
        const target = await sockets.connectTcp(netns, host, port, CONNECT_TIMEOUT_MS);
        target.setKeepAlive(true, KEEPALIVE_MS);
        return { target, loopback };
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        if (['ECONNREFUSED', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETUNREACH'].includes(code)) continue;
        if (['ETIMEDOUT', 'EHOSTUNREACH'].includes(code)) throw new DrydockError('PORT_TIMEOUT');
        if (['ENOENT', 'ESTALE'].includes(code)) throw new DrydockError('NODE_NOT_FOUND');
        throw error;
      }
    }
    throw new DrydockError('PORT_REFUSED');
  }

  async function start(request: AgentRequest<'stream.open'>, door: NodeDoor) {
    const { target } = request;
    switch (target.kind) {
      case 'tcp':
        if (CLOSED_PORTS.includes(target.port)) throw new DrydockError('PORT_CLOSED');
        return connect(request.sessionId, door, target.port);
      case 'exec':
        return { target: await startCommand(door.enter(target.command)), loopback: undefined };
    }
  }

  function count(key: string, change: 1 | -1): void {
    const now = (open.get(key) ?? 0) + change;
    if (now === 0) open.delete(key);
    else open.set(key, now);
    total += change;
  }

  async function bring(streamId: string, target: Duplex): Promise<void> {
    // The target may fail while the manager is dialled.
    target.on('error', () => {});
    const carrier = await deps.dial(streamId).catch((error: unknown) => {
      abortStream(target);
      throw error;
    });
    await pipeBoth(target, carrier);
  }

  return {
    count: () => total,
    async open(request) {
      const { sessionId, node, streamId } = request;
      const door = await deps.findNode(sessionId, node);
      if (!door) throw new DrydockError('NODE_NOT_FOUND');
      const key = `${sessionId}/${node}`;
      if ((open.get(key) ?? 0) >= MAX_STREAMS_PER_NODE) throw new DrydockError('RATE_LIMITED');
      count(key, 1);
      try {
        const { target, loopback } = await start(request, door);
        bring(streamId, target)
          .catch((err: unknown) => logger.warn({ err, sessionId, node }, 'stream not brought to the manager'))
          .finally(() => count(key, -1));
        return loopback ? { loopback } : {};
      } catch (error) {
        count(key, -1);
        throw error;
      }
    },
  };
}

/** Starts a command with its stdin and stdout as one stream; destroying the stream ends the command. */
async function startCommand({ file, args }: { file: string; args: string[] }): Promise<Duplex> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'], env: BARE_ENVIRONMENT });
  await once(child, 'spawn');
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.once('close', () => child.kill('SIGKILL'));
  return stream;
}

/** The live sockets of agents, and commands over them: each with an id, a time limit and a parsed answer. */
import {
  type AgentAnswer,
  type AgentCommandMessage,
  type AgentCommandName,
  type AgentToManagerEvents,
  agentCommands,
  DrydockError,
  errorFromBody,
  isSessionId,
  type ManagerToAgentEvents,
  type SessionId,
} from '@drydock/protocol';
import type { Socket } from 'socket.io';
import { newId } from '../../model/links.ts';
import { type AgentCommands, COMMAND_TIMEOUT_MS } from '../../scheduling/agent-commands.ts';
import type { Metrics } from '../base/metrics.ts';
import { createSessionShares } from '../base/session-shares.ts';

export type AgentSocket = Socket<AgentToManagerEvents, ManagerToAgentEvents>;

/** Commands to one host that wait for their answers; more means that it does not keep up. */
const MAX_PENDING_PER_HOST = 30_000;
/** The same of one session there: every connection that its ports may have (B10) being opened, and some more. No few sessions fill a host's. */
const MAX_PENDING_PER_SESSION = 1200;
/** Commands of one session that run at a time: each is a process of the host's root beside the node, for up to five minutes. */
const MAX_EXECS_PER_SESSION = 64;
/** The place's own orders, which wait behind nothing that their session has asked for: its end, the operator's freeze, its network. */
const ORDERS: ReadonlySet<AgentCommandName> = new Set([
  'node.destroy',
  'session.destroy',
  'session.freeze',
  'session.network',
  'session.rest',
]);

export interface AgentConnections extends AgentCommands {
  has(host: string): boolean;
  /** Whether an agent is connected from that address. */
  speaksFrom(address: string): boolean;
  /** Takes a host's socket. The caller removes it when it is gone. */
  add(host: string, socket: AgentSocket): void;
  /** Forgets a host's socket and fails what waits for its answers. */
  remove(host: string, socket: AgentSocket): void;
  /** Ends a host's connection. */
  drop(host: string): void;
  /** Sends an acknowledgement of drawn bytes; nothing happens while the host is away. */
  sendAck(host: string, ack: { viewerId: string; offset: number }): void;
}

function failureOf(answer: unknown): DrydockError | undefined {
  // Nearly every answer is none; a parser that fails for each key would cost more than all else.
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  return errorFromBody(answer.error);
}

/** The session that a command is for; some name a terminal or viewer alone, whose pages have bounds of their own. */
function sessionOf(request: object): SessionId | undefined {
  return 'sessionId' in request && isSessionId(request.sessionId) ? request.sessionId : undefined;
}

/** Builds the table; it is empty until agents connect. */
export function createAgentConnections({ metrics }: { metrics: Metrics }): AgentConnections {
  const hosts = new Map<string, { socket: AgentSocket; pending: Set<(error: DrydockError) => void> }>();
  const shares = createSessionShares({ all: MAX_PENDING_PER_SESSION, execs: MAX_EXECS_PER_SESSION });

  function send<C extends AgentCommandName>(
    host: string,
    name: C,
    request: AgentCommandMessage<C>['request'],
    timeoutMs: number,
  ): Promise<AgentAnswer<C>> {
    const entry = hosts.get(host);
    if (entry === undefined || entry.pending.size >= MAX_PENDING_PER_HOST) {
      return Promise.reject(new DrydockError('HOST_UNAVAILABLE'));
    }
    const release = ORDERS.has(name) ? () => undefined : shares.take(sessionOf(request), name === 'node.exec');
    return new Promise((resolve, reject) => {
      const fail = (error: DrydockError) => {
        settle();
        reject(error);
      };
      const timer = setTimeout(() => fail(new DrydockError('HOST_UNAVAILABLE', undefined, { timeoutMs })), timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        release();
        entry.pending.delete(fail);
      };
      entry.pending.add(fail);
      entry.socket.emit('command', { id: newId('c', 15), name, request }, (answer: unknown) => {
        if (!entry.pending.has(fail)) return;
        const failure = failureOf(answer);
        if (failure !== undefined) return fail(failure);
        const parsed = agentCommands[name].answer.safeParse(answer);
        if (!parsed.success) return fail(new DrydockError('INTERNAL', undefined, undefined, { cause: parsed.error }));
        settle();
        resolve(parsed.data as AgentAnswer<C>);
      });
    });
  }

  return {
    has: (host) => hosts.has(host),
    speaksFrom: (address) => [...hosts.values()].some(({ socket }) => socket.conn.remoteAddress === address),
    add(host, socket) {
      hosts.set(host, { socket, pending: new Set() });
    },
    remove(host, socket) {
      const entry = hosts.get(host);
      if (entry?.socket !== socket) return;
      hosts.delete(host);
      for (const fail of [...entry.pending]) fail(new DrydockError('HOST_UNAVAILABLE'));
    },
    drop: (host) => void hosts.get(host)?.socket.disconnect(true),
    async send(host, name, request, timeoutMs = COMMAND_TIMEOUT_MS) {
      const stop = metrics.commandSeconds.startTimer({ command: name });
      const began = performance.now();
      try {
        const answer = await send(host, name, request, timeoutMs);
        const from = name === 'node.create' ? (answer as AgentAnswer<'node.create'>).from : undefined;
        if (from !== undefined) metrics.nodeStartSeconds.observe({ from }, (performance.now() - began) / 1000);
        return answer;
      } finally {
        stop();
      }
    },
    sendAck(host, ack) {
      hosts.get(host)?.socket.emit('ack', ack);
    },
  };
}

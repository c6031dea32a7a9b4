/** Where agents connect: admits them by key, hears hello and facts, and passes terminal bytes on to the relay. */
import {
  AGENT_NAMESPACE,
  type AgentHello,
  agentAuthSchema,
  agentExitSchema,
  agentFactEventSchema,
  agentHelloSchema,
  DrydockError,
  NEWEST_AGENT_PROTOCOL,
  OLDEST_AGENT_PROTOCOL,
  viewerOutputSchema,
  viewerScreenSchema,
  viewerSizeSchema,
} from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import type { Server } from 'socket.io';
import type { z } from 'zod';
import type { FactGate } from '../../nodes/fact-gate.ts';
import type { Reconciler } from '../../nodes/reconcile.ts';
import type { TerminalRelay } from '../../relay/terminal-relay-types.ts';
import type { HostRegistry } from '../../scheduling/host-registry.ts';
import type { SessionDirectory } from '../../sessions/session-directory.ts';
import type { AgentConnections, AgentSocket } from './agent-connections.ts';
import type { AgentKeys } from './agent-keys.ts';
import type { TerminalStreams } from './terminal-streams.ts';

/** An agent that says nothing of itself for this long after connecting (ms) is not one of ours. */
const HELLO_DEADLINE_MS = 20_000;
/** Between two looks whether the store is in order, before an agent is told which sessions live (ms). */
const SYNC_POLL_MS = 200;

export interface AgentGatewayDeps {
  io: Server;
  keys: AgentKeys;
  connections: AgentConnections;
  hosts: HostRegistry;
  terminals: { relay: TerminalRelay; streams: TerminalStreams };
  sessions: { reconciler: Reconciler; directory: Pick<SessionDirectory, 'synced'>; facts: FactGate };
  logger: Logger;
}

/** A refusal in the form that socket.io hands to the other side as `connect_error`. */
export function connectError(error: DrydockError): Error {
  return Object.assign(new Error(error.message), { data: error.toBody() });
}

/** The name of a host whose key is good and whose protocol we speak. @throws DrydockError with why it is refused. */
async function admit(
  handshake: unknown,
  { keys, connections }: Pick<AgentGatewayDeps, 'keys' | 'connections'>,
): Promise<string> {
  const auth = agentAuthSchema.safeParse(handshake);
  if (!auth.success) throw new DrydockError('AGENT_KEY_REJECTED');
  const { name, key, protocol } = auth.data;
  if (!(await keys.allows(name, key))) throw new DrydockError('AGENT_KEY_REJECTED');
  if (protocol < OLDEST_AGENT_PROTOCOL || protocol > NEWEST_AGENT_PROTOCOL) {
    throw new DrydockError('AGENT_VERSION', undefined, {
      oldest: OLDEST_AGENT_PROTOCOL,
      newest: NEWEST_AGENT_PROTOCOL,
    });
  }
  // A dead connection is noticed by the sockets' own pings within seconds; until then the name is taken.
  if (connections.has(name)) throw new DrydockError('AGENT_NAME_TAKEN');
  return name;
}

/** Begins to accept agents on the namespace. */
export function createAgentGateway(deps: AgentGatewayDeps): void {
  const { io, connections, hosts, logger } = deps;
  const { relay, streams: terminalStreams } = deps.terminals;
  const { reconciler, directory, facts } = deps.sessions;
  const namespace = io.of(AGENT_NAMESPACE);

  namespace.use((socket, next) => {
    admit(socket.handshake.auth, deps).then(
      (name) => {
        socket.data.host = name;
        next();
      },
      (thrown: unknown) => {
        const error = thrown instanceof DrydockError ? thrown : new DrydockError('AGENT_KEY_REJECTED');
        // Anybody says it, in JSON: it may be no text, and not even something that can be made one.
        const { name } = socket.handshake.auth as { name?: unknown };
        logger.warn(
          { host: typeof name === 'string' ? name.slice(0, 64) : typeof name, code: error.code, err: thrown },
          'agent refused',
        );
        next(connectError(error));
      },
    );
  });

  namespace.on('connection', (raw) => {
    const socket = raw as AgentSocket;
    const host = String(socket.data.host);
    if (connections.has(host)) {
      // Two of one name passed the door in the same moment.
      socket.disconnect(true);
      return;
    }
    connections.add(host, socket);
    serve(host, socket);
  });

  function serve(host: string, socket: AgentSocket): void {
    const log = logger.child({ host });
    let greeted = false;
    const deadline = setTimeout(() => socket.disconnect(true), HELLO_DEADLINE_MS);

    /** Runs `handle` with a parsed message; a malformed one is logged and dropped, since the next may be good. */
    function hear<S extends z.ZodType>(event: string, schema: S, handle: (message: z.output<S>) => void) {
      return (message: unknown) => {
        const parsed = schema.safeParse(message);
        if (!parsed.success) return log.warn({ event, err: parsed.error }, 'malformed message of an agent');
        if (greeted) handle(parsed.data);
      };
    }

    /** What another manager wrote a moment ago may not have reached our memory. */
    async function isCertain(hello: AgentHello): Promise<boolean> {
      if (!directory.synced()) return false;
      return reconciler.learn(host, hello).then(
        () => directory.synced(),
        () => false,
      );
    }

    async function welcome(hello: AgentHello, ack: unknown): Promise<void> {
      clearTimeout(deadline);
      greeted = true;
      log.info({ version: hello.version, nodes: hello.nodes.length }, 'host connected');
      hosts.hello(host, hello);
      terminalStreams.onHello(host, hello);
      const known = facts.ownTerminals(host, hello);
      relay.onAgentHello(host, { ...hello, terminals: known });
      // Which sessions live decides what the agent destroys: that is never answered from a memory that may be stale.
      while (socket.connected && !(await isCertain(hello))) {
        await new Promise((resolve) => setTimeout(resolve, SYNC_POLL_MS));
      }
      if (!socket.connected) return;
      const own = facts.ownTerminals(host, hello);
      if (own.length > known.length) relay.onAgentHello(host, { ...hello, terminals: own });
      if (own.length < hello.terminals.length) {
        log.warn({ terminals: hello.terminals.length - own.length }, 'a host told of terminals of no node of its own');
      }
      if (typeof ack === 'function') ack({ sessions: reconciler.sessionsOn(host) });
      reconciler.onHello(host, hello);
    }

    socket.on('hello', (message, ack) => {
      const parsed = agentHelloSchema.safeParse(message);
      if (!parsed.success) {
        log.error({ err: parsed.error }, 'malformed hello');
        if (typeof ack === 'function') ack({ error: new DrydockError('BAD_REQUEST').toBody() });
        socket.disconnect(true);
        return;
      }
      void welcome(parsed.data, ack);
    });
    socket.on(
      'fact',
      hear('fact', agentFactEventSchema, ({ fact }) =>
        facts.hear(host, fact, () => {
          hosts.fact(host, fact);
          if (fact.kind === 'terminal') relay.onTerminal(host, fact.sessionId, fact.terminal);
        }),
      ),
    );
    socket.on(
      'output',
      hear('output', viewerOutputSchema, (output) => relay.onOutput(host, output)),
    );
    socket.on(
      'screen',
      hear('screen', viewerScreenSchema, (screen) => relay.onScreen(host, screen)),
    );
    socket.on(
      'size',
      hear('size', viewerSizeSchema, (size) => relay.onSize(host, size)),
    );
    socket.on(
      'exit',
      hear('exit', agentExitSchema, (exit) => {
        if (!terminalStreams.carries(host)) return relay.onExit(host, exit);
        // The end of a terminal must not overtake its last bytes, which come another way (T-8).
        void terminalStreams.settled(host).then(() => relay.onExit(host, exit));
      }),
    );
    socket.on('disconnect', (reason) => {
      clearTimeout(deadline);
      log.warn({ reason }, 'host disconnected');
      connections.remove(host, socket);
      facts.lost(host);
      hosts.lost(host);
      if (greeted) relay.onAgentLost(host);
    });
  }
}

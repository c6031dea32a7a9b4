/** Node's HTTP client over streams that agents bring, with kept connections. */
import { Agent, type AgentOptions, type ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { DrydockError, sessionIdSchema } from '@drydock/protocol';
import type { AgentStreams } from '../agents/agent-streams.ts';
import type { PortName, PortTable } from './labels.ts';
import type { PortSchemes } from './schemes.ts';

/** Unused connections are closed after this long (ms): before the 5 s after which common servers close theirs. */
const IDLE_MS = 3500;
/** Connections to one port; more requests wait. */
const MAX_CONNECTIONS_PER_PORT = 256;
const MAX_IDLE_PER_PORT = 32;

/** What Node's agent is given as `host`: the node's own name in its session, which no other target shares. */
export function upstreamHost({ sessionId, node }: PortName): string {
  return `${node}.${sessionId}`;
}

function nameOf(options: { host?: string | null | undefined; port?: string | number | null | undefined }): PortName {
  const [node = '', id] = String(options.host).split('.');
  const sessionId = sessionIdSchema.parse(id);
  return { sessionId, node, port: Number(options.port) };
}

/** Builds the agent; `keepAlive: false` gives one whose connections are used once. */
export function createPortAgent(
  deps: { streams: AgentStreams; table: PortTable; schemes: PortSchemes },
  keepAlive: boolean,
): Agent {
  const { streams, table, schemes } = deps;

  async function dial(name: PortName): Promise<Duplex> {
    const target = table(name);
    if (target === undefined) throw new DrydockError('NODE_NOT_FOUND');
    const open = () => streams.open(target.host, name.sessionId, name.node, { kind: 'tcp', port: name.port });
    return schemes.connect(name, open);
  }

  /** Kept connections that carry no request now. */
  const idle = new WeakSet<Duplex>();

  class StreamAgent extends Agent {
    override keepSocketAlive(socket: Duplex): boolean {
      idle.add(socket);
      // What has ended already would be handed to the next request, which would wait for an answer for ever.
      return !socket.readableEnded && (super.keepSocketAlive(socket) as unknown as boolean);
    }

    override reuseSocket(socket: Duplex, request: ClientRequest): void {
      idle.delete(socket);
      super.reuseSocket(socket, request);
    }

    override createConnection(
      options: AgentOptions & { host?: string; port?: number },
      done: (error: Error | null, socket?: Duplex) => void,
    ) {
      dial(nameOf(options)).then(
        (socket) => {
          // Streams are half-open by nature: the program's end alone does not close an idle one.
          socket.once('end', () => idle.has(socket) && socket.destroy());
          done(null, socket);
        },
        (error: Error) => done(error),
      );
      return undefined as never;
    }
  }

  return new StreamAgent({
    keepAlive,
    timeout: IDLE_MS,
    maxSockets: MAX_CONNECTIONS_PER_PORT,
    maxFreeSockets: MAX_IDLE_PER_PORT,
  });
}

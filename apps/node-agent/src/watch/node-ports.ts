/** Joins what the kernel says of a node's sockets with what Docker says of its ports, into the list that people see. */
import { CLOSED_PORTS, MAX_REPORTED_PORTS, type NodePort } from '@drydock/protocol';
import type { ListeningSocket } from '../runtime/runtime.ts';
import type { DockerView } from './docker-view.ts';

/** Longest label (characters), as the contract has it. */
const MAX_LABEL = 128;
/** VXLAN of swarm overlays: the kernel's own socket. */
const OVERLAY_PORT = 4789;
/** The port of a published container, held by Docker so that it shows as taken. */
const PROXY_PROGRAM = 'docker-proxy';
/** Published ports of services are held by our mesh or, where the kernel balances, by the engine. */
const MESH_PROGRAM = 'swarm-mesh';
const ENGINE_PROGRAM = 'dockerd';
/** Its sockets are Docker's own business. */
const CONTAINERD_PROGRAM = 'containerd';

/** The ports to report, in order of their numbers; `view` undefined while the engine does not answer. */
export function nodePorts(sockets: readonly ListeningSocket[], view: DockerView | undefined): NodePort[] {
  const ports = new Map<string, NodePort>();
  const put = (port: NodePort) => ports.set(`${port.port}/${port.protocol}`, port);
  const meshTcp = new Set(
    sockets.flatMap(({ port, protocol, program }) => (program === MESH_PROGRAM && protocol === 'tcp' ? [port] : [])),
  );
  for (const socket of sockets) {
    const port = ofSocket(socket, view, meshTcp);
    if (port) put(port);
  }
  for (const { port, protocol, source, label, loopback } of view?.published ?? []) {
    const before = ports.get(`${port}/${protocol}`);
    // Published on the loopback and elsewhere: the wider one counts.
    const isWide = before !== undefined && before.source === source && before.loopback !== true;
    put({ port, protocol, source, ...labelled(label), ...(loopback && !isWide ? { loopback } : {}) });
  }
  return [...ports.values()]
    .filter(({ port }) => port >= 1 && port <= 65_535 && !CLOSED_PORTS.includes(port))
    .sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol))
    .slice(0, MAX_REPORTED_PORTS);
}

function ofSocket(
  { port, protocol, reach, program }: ListeningSocket,
  view: DockerView | undefined,
  meshTcp: ReadonlySet<number>,
): NodePort | undefined {
  const loopback = reach === 'loopback' ? { loopback: true } : {};
  const service = view?.ingress.get(port);
  switch (program) {
    case CONTAINERD_PROGRAM:
      return undefined;
    case ENGINE_PROGRAM:
      // Anything else that it listens on is its API.
      return service === undefined ? undefined : { port, protocol, source: 'swarm', ...labelled(service) };
    case MESH_PROGRAM:
      // Where it cannot know the protocol it holds both; TCP is the likely one.
      if (protocol === 'udp' && meshTcp.has(port)) return undefined;
      return { port, protocol, source: 'swarm', ...labelled(service ?? '') };
    case PROXY_PROGRAM:
      return { port, protocol, source: 'container', ...loopback };
    default:
      if (protocol === 'udp' && port === OVERLAY_PORT) return undefined;
      return { port, protocol, source: 'process', ...labelled(program), ...loopback };
  }
}

/** Learner-made text without control characters, if anything is left. */
function labelled(text: string): { label?: string } {
  const label = text.replace(/\p{C}/gu, '').slice(0, MAX_LABEL);
  return label === '' ? {} : { label };
}

/** Learns what the ports of nodes speak: each is asked once when it appears, and a few times more while it is silent. */
import type { Socket } from 'node:net';
import type { NodePort, SessionId } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';
import { guessPort, type PortGuess } from './port-guess.ts';

/** Never asked, and known not to be HTTP: mail, names, directories, databases, queues, screens. */
const NOT_HTTP = new Set([
  21, 23, 25, 53, 110, 111, 139, 143, 389, 445, 465, 587, 636, 873, 993, 995, 1433, 1521, 1883, 2049, 2181, 3306, 3389,
  5432, 5672, 5900, 5901, 6379, 6380, 9042, 9092, 11211, 26379, 27017, 27018, 33060,
]);
/** Programs that serve one connection and end: the question would be the one. */
const SINGLE_USE = new Set(['nc', 'ncat', 'netcat', 'nc.openbsd', 'nc.traditional', 'socat', 'iperf', 'iperf3']);
/** From seeing a port to asking it, and between questions to one that says nothing (ms); after the last it counts as other. */
const WAITS_MS = [150, 1500, 5000, 20_000] as const;
/** Questions at a time: to one node, and of the whole agent. */
const MAX_AT_ONCE = { node: 2, all: 16 };
/** Between two questions of one asker to a node (ms): what a node that opens ports in a loop can make us do. */
const REST_MS = 50;
/**
 * Questions to the nodes of one session in a minute: a node can open ports as fast as it likes, and a question costs the agent up to three
 * connections, a TLS handshake and 64 KiB of an answer. Further ports wait for the next minute. A workshop's stack has some 50 ports.
 */
export const MAX_A_MINUTE = 120;
const MINUTE_MS = 60_000;

export interface PortProbesDeps {
  connect: (sessionId: SessionId, node: string, port: number) => Promise<Socket>;
  /** A node's port was found out. */
  onGuess: (sessionId: SessionId, node: string) => void;
  clock: Clock;
}

export interface PortProbes {
  /** The node's ports as they are now; gives them with what is known, and begins to ask the new ones. */
  update(sessionId: SessionId, node: string, ports: readonly NodePort[]): NodePort[];
  /** The node is gone. */
  forget(sessionId: SessionId, node: string): void;
}

interface Probe {
  port: number;
  label: string | undefined;
  guess?: PortGuess;
  asked: number;
  timer?: Timer;
}

interface ProbedNode {
  sessionId: SessionId;
  name: string;
  probes: Map<number, Probe>;
  queue: Probe[];
  asking: number;
}

/** Builds the prober; nothing is asked before the first update. */
export function createPortProbes({ connect, onGuess, clock }: PortProbesDeps): PortProbes {
  const nodes = new Map<string, ProbedNode>();
  let askingAll = 0;
  /** Questions to each session since the first of its minute; an entry lives for that minute, also when its nodes are gone. */
  const asked = new Map<SessionId, number>();

  /** Counts one question, if the session's minute has room for it. */
  function mayAsk(sessionId: SessionId): boolean {
    const count = asked.get(sessionId) ?? 0;
    if (count >= MAX_A_MINUTE) return false;
    if (count === 0) {
      clock.after(MINUTE_MS, () => {
        asked.delete(sessionId);
        pump();
      });
    }
    asked.set(sessionId, count + 1);
    return true;
  }

  /** A port that closes in the line leaves it: a node that opens and closes ports in a loop makes no line longer than its ports. */
  function drop(node: ProbedNode, probe: Probe): void {
    probe.timer?.cancel();
    node.queue = node.queue.filter((waiting) => waiting !== probe);
  }

  function schedule(node: ProbedNode, probe: Probe): void {
    probe.timer = clock.after(WAITS_MS[probe.asked] ?? 0, () => {
      node.queue.push(probe);
      pump();
    });
  }

  /** Starts as many questions as the bounds allow, of every node that has some. */
  function pump(): void {
    for (const [key, node] of nodes) {
      while (node.queue.length > 0 && node.asking < MAX_AT_ONCE.node && askingAll < MAX_AT_ONCE.all) {
        if (!mayAsk(node.sessionId)) break;
        void question(key, node, node.queue.shift() as Probe);
      }
    }
  }

  async function question(key: string, node: ProbedNode, probe: Probe): Promise<void> {
    const { sessionId, name } = node;
    node.asking += 1;
    askingAll += 1;
    // A port that closes meanwhile refuses: it says nothing, like one that starts.
    const guess = await guessPort(() => connect(sessionId, name, probe.port), probe.port).catch(() => undefined);
    clock.after(REST_MS, () => {
      node.asking -= 1;
      askingAll -= 1;
      pump();
    });
    if (nodes.get(key) !== node || node.probes.get(probe.port) !== probe) return;
    probe.asked += 1;
    if (guess === undefined && probe.asked < WAITS_MS.length) return schedule(node, probe);
    probe.guess = guess ?? { scheme: 'other' };
    onGuess(sessionId, name);
  }

  function probeOf(node: ProbedNode, { port, label }: NodePort): Probe {
    const known = node.probes.get(port);
    // A port is seen before Docker has named it; another name is another program.
    if (known !== undefined && (known.label === undefined || label === undefined || known.label === label)) {
      known.label ??= label;
      return known;
    }
    if (known !== undefined) drop(node, known);
    const probe: Probe = { port, label, asked: 0 };
    node.probes.set(port, probe);
    if (NOT_HTTP.has(port)) probe.guess = { scheme: 'other' };
    else if (!SINGLE_USE.has(label ?? '')) schedule(node, probe);
    return probe;
  }

  return {
    update(sessionId, name, ports) {
      const key = `${sessionId}/${name}`;
      const node = nodes.get(key) ?? { sessionId, name, probes: new Map<number, Probe>(), queue: [], asking: 0 };
      nodes.set(key, node);
      const open = new Set(ports.flatMap(({ port, protocol }) => (protocol === 'tcp' ? [port] : [])));
      for (const [port, probe] of node.probes) {
        if (open.has(port)) continue;
        drop(node, probe);
        node.probes.delete(port);
      }
      return ports.map((port) => (port.protocol === 'tcp' ? { ...port, ...probeOf(node, port).guess } : port));
    },
    forget(sessionId, name) {
      const key = `${sessionId}/${name}`;
      for (const { timer } of nodes.get(key)?.probes.values() ?? []) timer?.cancel();
      nodes.delete(key);
    },
  };
}

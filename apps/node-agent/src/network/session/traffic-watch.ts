/**
 * What the sessions' uplinks carry to and from the outside: one read of the kernel's table of links tells of all sessions. What goes
 * between nodes, to the gateway's name server and mirror, to other hosts of the session and to published ports takes other links.
 */
import { readFile } from 'node:fs/promises';
import type { SessionId, Traffic } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { sessionLink } from '../addresses.ts';

/** Between two reads (ms): as often as nodes report their usage. */
const STEP_MS = 5000;
/** Where the numbers of bytes stand in a line (proc_pid_net(5)); what a session's uplink receives on the host is what the session sent. */
const FIELD = { received: 0, transmitted: 8 } as const;

interface Bytes {
  sentBytes: number;
  receivedBytes: number;
}

export interface TrafficWatch {
  /** Begins to read of these sessions: those that have a network on this host. */
  start(sessions: () => readonly SessionId[]): void;
  /** Reads and tells what there is of one session; for its end. Never rejects. */
  note(sessionId: SessionId): Promise<void>;
  /** Lets the next read tell of every session: somebody new listens. */
  retell(): void;
  stop(): void;
}

export interface TrafficWatchDeps {
  /** Hears of a session whose numbers have changed. */
  tell: (sessionId: SessionId, traffic: Traffic) => void;
  clock: Clock;
  logger: Logger;
}

/** The bytes of each link of this network namespace, as the kernel has counted them since the link was made. */
async function readLinks(): Promise<Map<string, Bytes>> {
  const links = new Map<string, Bytes>();
  for (const line of (await readFile('/proc/self/net/dev', 'utf8')).split('\n')) {
    const [name, numbers] = line.split(':', 2);
    if (name === undefined || numbers === undefined) continue;
    const fields = numbers.trim().split(/\s+/).map(Number);
    const [sentBytes, receivedBytes] = [fields[FIELD.received], fields[FIELD.transmitted]];
    if (sentBytes !== undefined && receivedBytes !== undefined) links.set(name.trim(), { sentBytes, receivedBytes });
  }
  return links;
}

/** Bytes a second since `before`; a link that was made anew began at nothing. */
function rate(now: number, before: number, ms: number): number {
  return Math.round(((now < before ? now : now - before) * 1000) / Math.max(1, ms));
}

/** Builds the watch; it begins with start(). */
export function createTrafficWatch({ tell, clock, logger }: TrafficWatchDeps): TrafficWatch {
  let timer: Timer | undefined;
  let stopped = false;
  /** What was read last of each session that has a network. */
  let last = new Map<SessionId, { at: number; traffic: Traffic }>();
  let told = new Set<SessionId>();

  function measure(sessionId: SessionId, bytes: Bytes): void {
    const before = last.get(sessionId);
    const at = clock.now();
    const ms = before === undefined ? STEP_MS : at - before.at;
    const traffic = {
      ...bytes,
      sentPerSecond: rate(bytes.sentBytes, before?.traffic.sentBytes ?? 0, ms),
      receivedPerSecond: rate(bytes.receivedBytes, before?.traffic.receivedBytes ?? 0, ms),
    };
    last.set(sessionId, { at, traffic });
    const isNews = JSON.stringify(traffic) !== JSON.stringify(before?.traffic);
    if (!isNews && told.has(sessionId)) return;
    told.add(sessionId);
    tell(sessionId, traffic);
  }

  async function look(sessions: () => readonly SessionId[]): Promise<void> {
    const there = sessions();
    if (there.length > 0) {
      const links = await readLinks();
      for (const sessionId of there) {
        const bytes = links.get(sessionLink(sessionId));
        if (bytes !== undefined) measure(sessionId, bytes);
      }
    }
    const living = new Set(there);
    last = new Map([...last].filter(([sessionId]) => living.has(sessionId)));
    told = new Set([...told].filter((sessionId) => living.has(sessionId)));
  }

  const failed = (err: unknown) => logger.debug({ err }, 'traffic of sessions not read');

  function arm(sessions: () => readonly SessionId[]): void {
    if (stopped) return;
    timer = clock.after(
      STEP_MS,
      () =>
        void look(sessions)
          .catch(failed)
          .finally(() => arm(sessions)),
    );
  }

  return {
    start: arm,
    async note(sessionId) {
      const bytes = (await readLinks().catch(failed))?.get(sessionLink(sessionId));
      if (bytes !== undefined) measure(sessionId, bytes);
    },
    retell: () => told.clear(),
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

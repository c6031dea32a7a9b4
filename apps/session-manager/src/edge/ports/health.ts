/** Remembers of each port since when it does not answer, and when it last did: what its visitors want to know. */
import type { Clock } from '@drydock/service-kit';
import type { PortName } from './labels.ts';

export interface PortTrouble {
  /** Since when every visit failed (ms since the epoch). */
  since: number;
  /** When the program last answered; undefined when it never did. */
  lastAnswered: number | undefined;
}

export interface PortHealth {
  answered(name: PortName): void;
  /** Notes a failure, and tells the trouble as it is now. */
  failed(name: PortName): PortTrouble;
}

/** Ports that are remembered; the ones longest unvisited are forgotten first. */
const MAX_PORTS = 10_000;

/** Builds the memory; it is empty at first. */
export function createPortHealth(clock: Clock): PortHealth {
  const ports = new Map<string, { failingSince: number | undefined; lastAnswered: number | undefined }>();

  function touch({ sessionId, node, port }: PortName) {
    const key = `${sessionId}/${node}/${port}`;
    const entry = ports.get(key) ?? { failingSince: undefined, lastAnswered: undefined };
    ports.delete(key);
    ports.set(key, entry);
    if (ports.size > MAX_PORTS) ports.delete(ports.keys().next().value ?? '');
    return entry;
  }

  return {
    answered(name) {
      const entry = touch(name);
      entry.failingSince = undefined;
      entry.lastAnswered = clock.now();
    },
    failed(name) {
      const entry = touch(name);
      entry.failingSince ??= clock.now();
      return { since: entry.failingSince, lastAnswered: entry.lastAnswered };
    },
  };
}

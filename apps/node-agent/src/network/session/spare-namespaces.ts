/** Namespaces made before a session asks: loading the rules is what takes time, and nothing in them is the session's own. */
import { randomUUID } from 'node:crypto';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { createBackoff } from '@drydock/service-kit';
import type { Egress } from '../egress.ts';
import type { SessionNamespace } from './session-namespace.ts';

/** Sessions that begin in the same moment; the next ones wait 20 ms longer. */
const SPARES = 2;
/** After one was taken (ms): its session's first node has the processors first. */
const REPLACE_MS = 1000;
const RETRY = { minMs: 1000, maxMs: 60_000 };

export interface SpareNamespaces {
  /** One with this egress, if there is one; the taker closes it. */
  take(egress: Egress): SessionNamespace | undefined;
  close(): void;
}

export interface SpareNamespacesDeps {
  /** Of sessions whose manager asks for nothing else. */
  egress: Egress;
  make(seed: string, egress: Egress): Promise<SessionNamespace>;
  clock: Clock;
  logger: Logger;
}

/** Begins to make them, one at a time. */
export function createSpareNamespaces({ egress, make, clock, logger }: SpareNamespacesDeps): SpareNamespaces {
  const spares: SessionNamespace[] = [];
  const backoff = createBackoff(RETRY);
  let timer: Timer | undefined;
  let closed = false;

  /** Gives the wait before the next look, if there must be one. */
  async function fill(): Promise<number | undefined> {
    try {
      while (!closed && spares.length < SPARES) {
        const spare = await make(randomUUID(), egress);
        backoff.reset();
        if (closed) spare.close();
        else spares.push(spare);
      }
      return undefined;
    } catch (err) {
      logger.warn({ err }, 'no namespace could be made in advance');
      return backoff.next();
    }
  }

  async function refill(): Promise<void> {
    const retryMs = await fill();
    timer = undefined;
    if (spares.length < SPARES) arm(retryMs ?? REPLACE_MS);
  }

  function arm(ms: number): void {
    if (!closed) timer ??= clock.after(ms, () => void refill());
  }

  arm(0);
  return {
    take(wanted) {
      if (wanted !== egress) return undefined;
      const spare = spares.shift();
      arm(REPLACE_MS);
      return spare;
    },
    close() {
      closed = true;
      timer?.cancel();
      for (const spare of spares.splice(0)) spare.close();
    },
  };
}

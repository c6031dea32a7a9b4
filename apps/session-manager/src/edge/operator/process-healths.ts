/** How each process of the place fares: this manager, the page server, and agents and terminal hosts as their hosts tell. */
import { MANAGER_HEADER, PAGE_HEALTH_PATH, type ProcessHealth, processHealthSchema } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { HostRegistry } from '../../scheduling/host-registry.ts';
import type { Metrics } from '../base/metrics.ts';

/** The page server has so long to answer (ms). */
const ASK_MS = 1000;
/** One question serves all figures of one look (ms). */
const KEPT_MS = 1000;
/** Its longest answer: all stacks that are kept, in JSON (bytes). */
const MAX_ANSWER_BYTES = 512 * 1024;

export type HealthOfHost = ProcessHealth & { host?: string };

export interface ProcessHealthsDeps {
  own(): ProcessHealth;
  hosts: Pick<HostRegistry, 'list'>;
  /** Where the pages are, with the path below which they were built; undefined without pages. */
  webUrl: string | undefined;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}

/** The body of an answer. @throws when it is longer than MAX_ANSWER_BYTES. */
async function boundedText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.byteLength;
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Builds the reader, and adds its figures. */
export function createProcessHealths({ own, hosts, webUrl, metrics, clock, logger }: ProcessHealthsDeps) {
  let kept: { at: number; health: Promise<ProcessHealth | undefined> } | undefined;

  async function ask(): Promise<ProcessHealth | undefined> {
    try {
      const signal = AbortSignal.timeout(ASK_MS);
      const response = await fetch(`${webUrl}${PAGE_HEALTH_PATH}`, { headers: { [MANAGER_HEADER]: '1' }, signal });
      // A server of development watches nothing.
      if (!response.ok) return void (await response.body?.cancel());
      return processHealthSchema.parse(JSON.parse(await boundedText(response)));
    } catch (err) {
      logger.debug({ err }, 'the page server does not say how it fares');
      return undefined;
    }
  }

  function pages(): Promise<ProcessHealth | undefined> {
    if (webUrl === undefined) return Promise.resolve(undefined);
    const now = clock.now();
    if (kept === undefined || now - kept.at >= KEPT_MS) kept = { at: now, health: ask() };
    return kept.health;
  }

  /** All that can be asked now; what is away is left out. */
  async function read(): Promise<HealthOfHost[]> {
    const page = await pages();
    const ofHosts = hosts
      .list()
      .flatMap(({ name, capacity }) => (capacity.processes ?? []).map((health) => ({ ...health, host: name })));
    return [own(), ...(page === undefined ? [] : [page]), ...ofHosts];
  }

  const labels = ['process', 'host'];
  const labelsOf = ({ process, host = '' }: HealthOfHost) => ({ process, host });
  metrics.gauge('drydock_uncaught_errors', 'Errors that nothing caught since the process started.', labels, async () =>
    (await read()).map((health) => [labelsOf(health), health.uncaught.count]),
  );
  metrics.gauge(
    'drydock_loop_delay_p99_seconds',
    'The 99th percentile of the delay of an event loop in the last one to two minutes.',
    labels,
    async () => (await read()).map((health) => [labelsOf(health), health.loop.p99Ms / 1000]),
  );
  metrics.gauge(
    'drydock_loop_delay_longest_seconds',
    'The longest delay of an event loop in the last one to two minutes.',
    labels,
    async () => (await read()).map((health) => [labelsOf(health), health.loop.longestMs / 1000]),
  );

  return { read };
}

/** Follows one node's Docker Engine: whether it answers, what it publishes, its place in a swarm. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, createBackoff } from '@drydock/service-kit';
import { z } from 'zod';
import type { DockerApi } from './docker-api.ts';
import { type DockerView, readDockerView } from './docker-view.ts';

export interface DockerWatchDeps {
  api: DockerApi;
  clock: Clock;
  /** The engine answers with this view; undefined: it does not answer. */
  onView: (view: DockerView | undefined) => void;
  /** The engine told of an event. */
  onEvent?: (event: DockerEvent) => void;
}

export interface DockerWatch {
  /** Something of the node changed that may be Docker's doing: looks again soon. */
  poke(): void;
  close(): void;
}

/** The engine's socket, in the node's own file tree. */
export const DOCKER_SOCKET = '/run/docker.sock';
/** Between attempts to reach an engine (ms): its socket is held by the node's init while it starts, so an attempt is one system call. */
const RETRY = { minMs: 100, maxMs: 1000 };
/** The first answer of an engine that starts on a busy host (ms). */
const FIRST_ANSWER_MS = 60_000;
/** Several events come together (die, stop, disconnect...); one look for all of them (ms). */
const SETTLE_MS = 50;
/** What no event tells (a swarm's new leader, a left swarm) is seen within this (ms). */
const LOOK_AGAIN_MS = 5_000;

/** One event of an engine; every text is a learner's. */
export type DockerEvent = z.output<typeof eventSchema>;

/** Only what can change a view, or is worth telling; a learner's `exec` loops are none of it. */
const FILTERS = encodeURIComponent(
  JSON.stringify({
    type: ['container', 'service', 'node', 'network', 'image', 'volume', 'secret', 'config'],
    // `health_status` makes the engine compare beginnings: no name here is the beginning of an `exec_`.
    event: [
      ...['start', 'die', 'oom', 'rename', 'create', 'update', 'remove', 'destroy', 'connect', 'disconnect', 'pull'],
      ...['pause', 'unpause', 'health_status', 'tag', 'untag', 'delete', 'load', 'import', 'prune'],
    ],
  }),
);
const eventSchema = z.object({
  Type: z.string(),
  Action: z.string(),
  Actor: z.object({ ID: z.string().optional(), Attributes: z.record(z.string(), z.string()).nullish() }).optional(),
});

/** Begins to watch; it goes on over restarts of the engine until `close`. */
export function createDockerWatch({ api, clock, onView, onEvent: tellEvent = () => {} }: DockerWatchDeps): DockerWatch {
  const backoff = createBackoff(RETRY);
  const closing = new AbortController();
  const { signal } = closing;
  let isUp = false;
  let poke = () => {};

  async function attend(): Promise<void> {
    await api.get('/_ping', FIRST_ANSWER_MS);
    const ended = new AbortController();
    let dirty = false;
    let wake = () => {};
    const stop = () => {
      ended.abort();
      wake();
    };
    signal.addEventListener('abort', stop, { once: true });

    const nextLook = () =>
      new Promise<void>((resolve) => {
        const timer = clock.after(LOOK_AGAIN_MS, resolve);
        wake = () => {
          timer.cancel();
          clock.after(SETTLE_MS, resolve);
        };
        if (dirty || ended.signal.aborted) wake();
      });

    async function look(): Promise<void> {
      while (!ended.signal.aborted) {
        dirty = false;
        const view = await readDockerView(api);
        if (ended.signal.aborted) return;
        isUp = true;
        backoff.reset();
        onView(view);
        await nextLook();
      }
    }

    poke = () => {
      if (dirty) return;
      dirty = true;
      wake();
    };
    const onEvent = (line: string) => {
      tellEvent(eventSchema.parse(JSON.parse(line)));
      poke();
    };

    const events = api.follow(`/events?filters=${FILTERS}`, onEvent, ended.signal);
    const looks = look();
    try {
      // The end of either is the end of this connection.
      await Promise.race([looks, events]);
    } finally {
      poke = () => {};
      signal.removeEventListener('abort', stop);
      stop();
      await Promise.allSettled([looks, events]);
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await attend().catch(() => undefined); // Away, or nonsense: both mean that nothing is known.
      if (signal.aborted) return;
      if (isUp) onView(undefined);
      isUp = false;
      await sleep(backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  }

  void run();
  return { poke: () => poke(), close: () => closing.abort() };
}

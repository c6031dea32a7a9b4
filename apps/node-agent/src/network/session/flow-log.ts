/**
 * A sample of the connections that nodes made to the outside, for an operator who is asked who it was. The session's rules note each
 * destination in a set of theirs (session-rules.ts), which is read one session after another and written down as JSON lines.
 */

import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionId } from '@drydock/protocol';
import type { Clock, Logger, Timer } from '@drydock/service-kit';
import { z } from 'zod';
import { runTool } from '../../system/run-tool.ts';
import { sessionNetnsPath } from '../addresses.ts';
import { FLOW_SECONDS } from './session-rules.ts';

/** Between two sessions (ms): a host with a hundred reads each every five minutes, before its set forgets. */
const NEXT_SESSION_MS = 3000;
/** What one day's file may take (bytes), some 500,000 lines; what comes after is left out, and that is written once. */
const MAX_DAY_BYTES = 64 * 1024 * 1024;
const FILE = /^flows-(\d{4}-\d{2}-\d{2})\.jsonl$/;
const DAY_MS = 24 * 3600 * 1000;

export interface FlowLog {
  /** Begins to read what `sessions` names, one after another. */
  start(sessions: () => readonly SessionId[]): void;
  /** Writes down what a session's rules hold now; for its end. Never rejects. */
  note(sessionId: SessionId): Promise<void>;
  stop(): void;
}

export interface FlowLogDeps {
  /** Where the files lie; made when it is missing, the owner's alone. */
  directory: string;
  /** Days that a file is kept; 0: nothing is read and nothing written. */
  days: number;
  clock: Clock;
  logger: Logger;
}

/** One line: a node (by its address in the session) made new connections to there; `at` is the last of them, to the second. */
export interface Flow {
  at: string;
  session: string;
  from: string;
  to: string;
  protocol: string;
  port: number;
}

const addressSchema = z.string();
const setSchema = z.object({
  nftables: z.array(
    z.object({
      set: z
        .object({
          elem: z
            .array(
              z.object({
                elem: z.object({
                  val: z.object({
                    concat: z.tuple([addressSchema, addressSchema, z.union([z.string(), z.number()]), z.number()]),
                  }),
                  expires: z.number().optional(),
                }),
              }),
            )
            .default([]),
        })
        .optional(),
    }),
  ),
});

/** What the rules of the namespace at `netns` have noted; they begin anew. @throws ToolError when it is gone. */
export async function takeFlows(netns: string, session: string, now: number): Promise<Flow[]> {
  const listed = setSchema.parse(
    JSON.parse(await runTool(['nft', '-j', 'list', 'set', 'inet', 'session', 'flows'], { netns })),
  );
  // What comes between the two is left out: this is a sample.
  await runTool(['nft', 'flush', 'set', 'inet', 'session', 'flows'], { netns });
  return listed.nftables.flatMap(({ set }) =>
    (set?.elem ?? []).map(({ elem }) => {
      const [from, to, protocol, port] = elem.val.concat;
      const age = FLOW_SECONDS - (elem.expires ?? FLOW_SECONDS);
      return { at: new Date(now - age * 1000).toISOString(), session, from, to, protocol: String(protocol), port };
    }),
  );
}

/** Builds the log; it begins with start(). */
export function createFlowLog({ directory, days, clock, logger }: FlowLogDeps): FlowLog {
  let waiting: SessionId[] = [];
  let timer: Timer | undefined;
  let stopped = false;
  let fullDay = '';

  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

  async function write(flows: readonly Flow[]): Promise<void> {
    if (flows.length === 0) return;
    const day = dayOf(clock.now());
    const path = join(directory, `flows-${day}.jsonl`);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) await removeOld();
    if ((size ?? 0) < MAX_DAY_BYTES) {
      const lines = flows.map((flow) => `${JSON.stringify(flow)}\n`).join('');
      return appendFile(path, lines, { mode: 0o600 });
    }
    if (fullDay === day) return;
    fullDay = day;
    await appendFile(path, `${JSON.stringify({ at: new Date(clock.now()).toISOString(), full: true })}\n`);
    logger.warn({ path }, 'the flow log of this day is full');
  }

  /** Files of days that are over; a new day's first line is the moment for it. */
  async function removeOld(): Promise<void> {
    const oldest = dayOf(clock.now() - (days - 1) * DAY_MS);
    for (const name of await readdir(directory).catch(() => [])) {
      const day = FILE.exec(name)?.[1];
      if (day !== undefined && day < oldest) await rm(join(directory, name), { force: true });
    }
  }

  async function note(sessionId: SessionId): Promise<void> {
    if (days === 0) return;
    await takeFlows(sessionNetnsPath(sessionId), sessionId, clock.now())
      .then(write)
      .catch((err: unknown) => logger.debug({ err, sessionId }, 'flows not written'));
  }

  async function noteNext(sessions: () => readonly SessionId[]): Promise<void> {
    if (waiting.length === 0) waiting = [...sessions()];
    const sessionId = waiting.shift();
    if (sessionId !== undefined) await note(sessionId);
    arm(sessions);
  }

  function arm(sessions: () => readonly SessionId[]): void {
    if (!stopped) timer = clock.after(NEXT_SESSION_MS, () => void noteNext(sessions));
  }

  return {
    start(sessions) {
      // A shorter time than before counts at once; and what is off holds nothing.
      removeOld().catch((err: unknown) => logger.warn({ err }, 'old flow logs not removed'));
      if (days > 0) arm(sessions);
    },
    note,
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

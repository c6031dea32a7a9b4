/** Reads the flow log of this host (apps/node-agent/src/network/session/flow-log.ts): one file a day, one JSON object a line. */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { EXIT, Failure } from './failure.ts';

const FILE = /^flows-\d{4}-\d{2}-\d{2}\.jsonl$/;

export const flowSchema = z.object({
  at: z.string(),
  session: z.string(),
  from: z.string(),
  to: z.string(),
  protocol: z.string(),
  port: z.number(),
});
export type Flow = z.infer<typeof flowSchema>;

/** What is asked for; what is absent is not asked. */
export interface FlowWish {
  session?: string | undefined;
  to?: string | undefined;
  /** Answers at most so many, the newest. */
  most: number;
}

/**
 * Flows that are as wished, the oldest first. Lines of another form are left out.
 * @throws Failure NOT_RUNNING where there is no flow log.
 */
export async function readFlows(state: string, { session, to, most }: FlowWish): Promise<Flow[]> {
  const directory = join(state, 'flows');
  if (!existsSync(directory)) {
    const remedy = 'Run it as root on the host of the session; DRYDOCK_FLOW_LOG_DAYS says whether there is one.';
    throw new Failure('NOT_RUNNING', `There is no flow log here (${directory}).`, EXIT.unavailable, remedy);
  }
  const found: Flow[] = [];
  const files = readdirSync(directory).filter((name) => FILE.test(name));
  for (const name of files.sort()) {
    for await (const line of createInterface({ input: createReadStream(join(directory, name)) })) {
      const flow = parse(line);
      if (flow === undefined || (session !== undefined && flow.session !== session)) continue;
      if (to !== undefined && flow.to !== to) continue;
      found.push(flow);
      // A day's file may have half a million lines: only what is shown is held.
      if (found.length > most) found.shift();
    }
  }
  return found;
}

function parse(line: string): Flow | undefined {
  try {
    return flowSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

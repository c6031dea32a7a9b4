/**
 * A small HTTP client that measures, as a program of its own so that it can run in another network namespace:
 * `http-load.ts <JSON of LoadRequest>`, one JSON object out. The same program asks the gateway and the node directly.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { fileURLToPath } from 'node:url';

export interface LoadRequest {
  /** Where to connect. */
  host: string;
  port: number;
  path: string;
  headers: Record<string, string>;
  /** Small requests, one after another on one connection. */
  requests?: number;
  /** Connections that each carry one request and are then held open for so long (ms). */
  hold?: { connections: number; ms: number };
}

export interface LoadAnswer {
  /** Of each request, from sending to the last byte (ms). */
  ms: number[];
  bytes: number;
}

/** Connections that are opened side by side. */
const ROW = 100;

/** The command line that runs it. */
export const HTTP_LOAD = [process.execPath, '--import', 'tsx', '--conditions=source', fileURLToPath(import.meta.url)];

function get(agent: Agent, { host, port, path, headers }: LoadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host, port, path, headers }, (answer: IncomingMessage) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new Error(`status ${answer.statusCode}`));
      });
    });
    sent.once('error', reject).end();
  });
}

async function load(asked: LoadRequest): Promise<LoadAnswer> {
  const { requests = 0, hold } = asked;
  const ms: number[] = [];
  let bytes = 0;
  const one = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let sent = 0; sent < requests; sent += 1) {
    const began = performance.now();
    bytes += await get(one, asked);
    ms.push(performance.now() - began);
  }
  one.destroy();
  if (hold !== undefined) {
    const agents = Array.from({ length: hold.connections }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    // In rows that overflow neither a backlog nor what a session may have under way.
    for (let at = 0; at < agents.length; at += ROW) {
      await Promise.all(agents.slice(at, at + ROW).map((agent) => get(agent, asked)));
    }
    const held = agents.filter((agent) => Object.keys(agent.freeSockets).length === 1).length;
    if (held !== hold.connections) throw new Error(`${held} connections are held`);
    process.stderr.write('held\n');
    await new Promise((resolve) => setTimeout(resolve, hold.ms));
    for (const agent of agents) agent.destroy();
  }
  return { ms, bytes };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(await load(JSON.parse(process.argv[2] ?? '{}') as LoadRequest)));
}

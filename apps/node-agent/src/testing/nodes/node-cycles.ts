/** Sessions come and go on this machine, and their agent is killed at random moments; in the end nothing may be left. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { idLetters, type SessionId } from '@drydock/protocol';
import { IMAGES } from '../env.ts';
import { openRealHost } from './real-host.ts';
import { remainsOf } from './remains.ts';

const PROGRAM = fileURLToPath(new URL('./cycle-agent-main.ts', import.meta.url));
/** Ids and addresses that agents of this machine hold. */
const CLAIMS = '/run/drydock/alloc';
/** A kill comes within this after a command (ms): making and ending a node take a few hundred each. */
const KILL_WITHIN_MS = 600;

/** Numbers from 0 to 1, the same for the same seed (Park and Miller). */
function seeded(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

interface Agent {
  /** Resolves to the answer; `killed` when the agent ends first. */
  tell(line: string): Promise<string>;
  kill(): Promise<void>;
}

async function startAgent(stateDir: string): Promise<Agent> {
  const options = ['--conditions=source', '--import', 'tsx'];
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [...options, PROGRAM, stateDir, IMAGES]);
  child.stderr.pipe(process.stderr);
  child.stdin.on('error', () => {}); // It was killed.
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => 'killed');
  const answers = new Map<string, (answer: string) => void>();
  const ready = new Promise<string>((resolve) => answers.set('ready', resolve));
  lines.on('line', (text) => {
    if (text === 'ready') return answers.get('ready')?.(text);
    const line = text.replace(/^\w+ /, '').replace(/: .*/, '');
    answers.get(line)?.(text);
  });
  if ((await Promise.race([ready, ended])) === 'killed') throw new Error('the agent did not start');
  return {
    tell(line) {
      const answer = new Promise<string>((resolve) => answers.set(line, resolve));
      child.stdin.write(`${line}\n`);
      return Promise.race([answer, ended]);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface CyclesResult {
  /** What is left, a line each. */
  remains: string[];
  /** Commands that failed though nobody was killed meanwhile. */
  failures: string[];
  kills: number;
}

/** Runs `cycles` sessions of one or two nodes; about `killShare` of them see their agent killed while it works for them. */
export async function runCycles(cycles: number, killShare: number, seed: number): Promise<CyclesResult> {
  const random = seeded(seed);
  const stateDir = mkdtempSync(join(tmpdir(), 'drydock-cycles-'));
  const sessions = new Set<string>();
  const failures: string[] = [];
  let kills = 0;
  let agent = await startAgent(stateDir);

  async function work(lines: readonly string[], isKilled: boolean): Promise<void> {
    const answers = lines.map((line) => agent.tell(line));
    if (isKilled) {
      kills += 1;
      await new Promise((resolve) => setTimeout(resolve, random() * KILL_WITHIN_MS));
      await agent.kill();
      agent = await startAgent(stateDir);
    }
    for (const name of namesOfBodies(stateDir)) sessions.add(name);
    for (const answer of await Promise.all(answers)) if (answer.startsWith('failed')) failures.push(answer);
  }

  try {
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const session = idLetters(randomBytes(8));
      sessions.add(session);
      const nodes = random() < 0.3 ? [1, 2] : [1];
      const moment = random();
      const creates = nodes.map((index) => `create ${session} node${index} ${index}`);
      await work(creates, moment < killShare / 2);
      await work([`end ${session}`], moment >= killShare / 2 && moment < killShare);
      // What a killed agent left of this session its successor has taken over or away; ended it must be either way.
      const [answer = ''] = [await agent.tell(`end ${session}`)];
      if (!answer.startsWith('done')) failures.push(answer);
    }
    for (const name of namesOfBodies(stateDir)) sessions.add(name);
    const last = await agent.tell('end pool');
    if (!last.startsWith('done')) failures.push(last);
    return {
      remains: remainsOf(stateDir, [stateDir, ...sessions].filter(Boolean)).filter(isNotTheAgent),
      failures,
      kills,
    };
  } finally {
    await agent.kill();
    // A failed run must not leave what the next test would find.
    const host = await openRealHost(IMAGES, 'error', { stateDir });
    await host.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Sessions under which this agent's nodes were made, those of the pool included: their cgroups have these names for life. */
function namesOfBodies(stateDir: string): string[] {
  const texts = readdirSync(CLAIMS).map((name) => readFileSync(join(CLAIMS, name), 'utf8'));
  return texts
    .filter((text) => text.includes(stateDir))
    .map((text) => (JSON.parse(text) as { sessionId: SessionId }).sessionId);
}

/** The agent itself runs until the end. */
function isNotTheAgent(line: string): boolean {
  return !line.includes('cycle-agent-main');
}

/** Runs one of the distribution's network tools with its work on stdin. */
import { spawn } from 'node:child_process';

/** Longest time a tool may take (ms); they take 5 to 30. */
const TOOL_TIMEOUT_MS = 10_000;
/** Bytes kept of a tool's output (a session's rules listed as JSON are the largest). */
const MAX_TOOL_OUTPUT = 1024 * 1024;
const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** A tool failed; the message is what it said. */
export class ToolError extends Error {}

/** A tool that has been started and waits for its work: starting takes longer than working, and may overlap with other work. */
export interface StartedTool {
  /** Hands it its work and resolves to its stdout. @throws ToolError with its stderr when it fails or takes longer than 10 s. */
  finish(stdin: string): Promise<string>;
  /** Ends it without work; harmless after `finish`. */
  cancel(): void;
}

/** Starts `command` (program and arguments) in the namespace at `netns`, or in the agent's own. */
export function startTool(command: readonly string[], netns?: string): StartedTool {
  const [program, ...args] = netns === undefined ? command : ['nsenter', `--net=${netns}`, '--', ...command];
  const child = spawn(program as string, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: BARE_ENVIRONMENT,
    timeout: TOOL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (stdout.length < MAX_TOOL_OUTPUT) stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (stderr.length < MAX_TOOL_OUTPUT) stderr += chunk;
  });
  child.stdin.on('error', () => {}); // It exited before reading all: its status says why.
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new ToolError(`${command.join(' ')} failed (${signal ?? code}): ${stderr.trim()}`));
    });
  });
  ended.catch(() => {}); // Told to whoever calls finish().
  return {
    finish(stdin) {
      child.stdin.end(stdin);
      return ended;
    },
    cancel: () => void child.kill('SIGKILL'),
  };
}

/** Runs a tool from start to end. */
export function runTool(command: readonly string[], options: { stdin?: string; netns?: string } = {}): Promise<string> {
  return startTool(command, options.netns).finish(options.stdin ?? '');
}

const IP = ['ip', '-batch', '-'];

/** An `ip` that has been started: see StartedTool. */
export function startIp(netns?: string): { finish(lines: readonly string[]): Promise<void>; cancel(): void } {
  const tool = startTool(IP, netns);
  return {
    async finish(lines) {
      await tool.finish(`${lines.join('\n')}\n`);
    },
    cancel: tool.cancel,
  };
}

/** Runs a list of `ip` commands in one process, in order; the first that fails ends it. */
export function ipBatch(lines: readonly string[], netns?: string): Promise<void> {
  return startIp(netns).finish(lines);
}

/** Loads an nft ruleset in one transaction: all of it or nothing. */
export async function loadRules(rules: string, netns?: string): Promise<void> {
  await startTool(['nft', '-f', '-'], netns).finish(rules);
}

/** Runs one of the distribution's network tools with its work on stdin. */
import { spawn } from 'node:child_process';

/** Longest time a tool may take (ms); they take 5 to 30. */
const TOOL_TIMEOUT_MS = 10_000;
/** Bytes kept of a tool's output (a session's rules listed as JSON are the largest). */
const MAX_TOOL_OUTPUT = 1024 * 1024;

const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** A tool failed; the message is what it said. */
export class ToolError extends Error {}

/**
 * Runs `command` (program and arguments) in the namespace at `netns` or the agent's own, and resolves to its stdout.
 * @throws ToolError with its stderr when it exits with a failure or takes longer than 10 s.
 */
export function runTool(command: readonly string[], options: { stdin?: string; netns?: string } = {}): Promise<string> {
  const { stdin, netns } = options;
  const [program, ...args] = netns === undefined ? command : ['nsenter', `--net=${netns}`, '--', ...command];
  return new Promise((resolve, reject) => {
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
    child.stdin.end(stdin ?? '');
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new ToolError(`${command.join(' ')} failed (${signal ?? code}): ${stderr.trim()}`));
    });
  });
}

/** Runs a list of `ip` commands in one process, in order; the first that fails ends it. */
export async function ipBatch(lines: readonly string[], netns?: string): Promise<void> {
  await runTool(['ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n`, ...(netns === undefined ? {} : { netns }) });
}

/** Loads an nft ruleset in one transaction: all of it or nothing. */
export async function loadRules(rules: string, netns?: string): Promise<void> {
  await runTool(['nft', '-f', '-'], { stdin: rules, ...(netns === undefined ? {} : { netns }) });
}

/** A node's command on a fixture agent: a real process of this machine. */
import { spawn } from 'node:child_process';
import { type AgentAnswer, type AgentRequest, DrydockError, MAX_EXEC_OUTPUT_BYTES } from '@drydock/protocol';

/** Runs a command as the real agent does. @throws DrydockError EXEC_TIMEOUT; the process's own error when it cannot be started. */
export function execOnHost({
  command,
  stdin,
  timeoutSeconds = 30,
}: AgentRequest<'node.exec'>): Promise<AgentAnswer<'node.exec'>> {
  const [file = 'false', ...args] = command;
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { detached: true, stdio: 'pipe' });
    const outputs = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    let truncated = false;
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      reject(new DrydockError('EXEC_TIMEOUT'));
    }, timeoutSeconds * 1000);
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (chunk: Buffer) => {
        const all = Buffer.concat([outputs[stream], chunk]);
        truncated ||= all.length > MAX_EXEC_OUTPUT_BYTES;
        outputs[stream] = all.subarray(0, MAX_EXEC_OUTPUT_BYTES);
      });
    }
    child.once('error', (error) => reject(error));
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      resolve({
        exitCode: exitCode ?? 137,
        stdout: outputs.stdout.toString(),
        stderr: outputs.stderr.toString(),
        truncated,
        durationMs: Date.now() - started,
      });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin ?? '');
  });
}

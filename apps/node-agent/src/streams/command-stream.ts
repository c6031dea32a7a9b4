/** A command in a node as one stream: what is written is its stdin, what is read its stdout. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex, type Readable, type Writable } from 'node:stream';

/** Nothing of the agent's own environment goes near a node. */
const BARE_ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * Starts the command; destroying the stream ends it. A command that exits without having read its stdin has said all that it
 * had to say: what is written to it then goes nowhere, and its output stays to be read. (`Duplex.from` takes that for a failure
 * and drops the output.)
 * @throws when the program cannot be started.
 */
export async function startCommand({ file, args }: { file: string; args: string[] }): Promise<Duplex> {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'], env: BARE_ENVIRONMENT });
  await once(child, 'spawn');
  return streamOf(child);
}

function streamOf(child: ChildProcessByStdio<Writable, Readable, null>): Duplex {
  const { stdin, stdout } = child;
  const stream = new Duplex({
    read: () => void stdout.resume(),
    write(chunk, _encoding, done) {
      // One of the two calls back: a pipe that breaks never does.
      const settle = onceOnly(done);
      if (stdin.destroyed) return settle();
      stdin.once('close', settle);
      stdin.write(chunk, () => {
        stdin.off('close', settle);
        settle();
      });
    },
    final(done) {
      stdin.end();
      done();
    },
    destroy(error, done) {
      child.kill('SIGKILL');
      done(error);
    },
  });
  // EPIPE: the command has gone.
  stdin.on('error', () => undefined);
  stdout.on('data', (chunk) => {
    if (!stream.push(chunk)) stdout.pause();
  });
  stdout.once('end', () => stream.push(null));
  stdout.once('error', (error) => stream.destroy(error));
  return stream;
}

function onceOnly(call: () => void): () => void {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    call();
  };
}

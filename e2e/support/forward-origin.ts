/** Brings the origin of a stack in another network namespace to this one's loopback, over a UNIX socket: namespaces share those. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Stack } from './stack.ts';

/** Passes connections of a UNIX socket (first argument) on to a port of loopback (second argument). */
const FORWARDER = `
const net = require('node:net');
const [path, port] = process.argv.slice(1);
net.createServer((from) => {
  const to = net.connect(Number(port), '127.0.0.1');
  from.on('error', () => to.destroy()).pipe(to).on('error', () => from.destroy()).pipe(from);
}).listen(path, () => console.log('up'));
`;

/** Begins; returns how to stop. */
export async function forwardOrigin(stack: Stack, within: readonly string[]): Promise<() => void> {
  const port = new URL(stack.origin).port;
  const path = join(stack.stateDir, 'played.sock');
  const [program = '', ...args] = [...within, process.execPath, '-e', FORWARDER, path, port];
  const forwarder = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(forwarder.stdout, 'data');
  const server = createServer((from) => {
    const to = connect(path);
    from
      .on('error', () => to.destroy())
      .pipe(to)
      .on('error', () => from.destroy())
      .pipe(from);
  });
  server.listen(Number(port), 'localhost');
  await once(server, 'listening');
  return () => {
    server.close();
    forwarder.kill('SIGKILL');
  };
}

#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, promise } from './lib/promise.mjs';
import { tables, task } from './lib/world.mjs';

const ports = [{ protocol: 'sctp', target: 90, published: 9090 }];

await promise('SCTP goes to a task through a published port and through a VIP', async (world) => {
  await world.addTask('task1', 11, ports);
  await world.addTask('caller', 200, []);
  await world.docker.order('up');
  await world.say(tables([task({ number: 11, ports })]));
  await world.startMesh().says('node: web 9090/sctp');

  for (const [from, host, port] of [
    ['client', '192.168.7.11', '9090'],
    ['caller', '10.0.1.100', '90'],
  ]) {
    const raw = fileURLToPath(new URL('./lib/raw.py', import.meta.url));
    const [command, ...rest] = [...world.inNode('task1'), 'python3', raw, 'sctp-listen'];
    const listener = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    let heard = '';
    listener.stdout.on('data', (text) => (heard += text));
    await new Promise((resolve) => listener.stdout.once('data', resolve));
    world.raw(from, ['sctp-send', host, port]);
    await new Promise((resolve) => listener.once('close', resolve));
    /* The task's own namespace turns the published port into the target: 90 either way. */
    expect(/ready\n(90|9090)\n/.test(heard), `from ${from} to ${host}: ${heard}`);
  }
});

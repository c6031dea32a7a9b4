#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task } from './lib/world.mjs';

const ports = [
  { protocol: 'tcp', target: 80, published: 8080 },
  { protocol: 'udp', target: 53, published: 5353 },
];

await promise(
  'a VIP reaches every task in turn over TCP and UDP, from the task itself too, and answers pings',
  async (world) => {
    const [first] = await Promise.all([1, 2, 3].map((k) => world.addTask(`task${k}`, 10 + k, ports)));
    await world.addTask('caller', 200, []);
    const caller = world.startPeer('caller');
    await world.docker.order('up');
    await world.say(tables([1, 2, 3].map((k) => task({ number: 10 + k, ports }))));
    await world.startMesh().says('n1: web 10.0.1.100 to 10.0.1.11, 10.0.1.12, 10.0.1.13');

    for (const [protocol, port] of [
      ['tcp', 80],
      ['udp', 53],
    ]) {
      const answers = await caller.order('ask', { protocol, host: '10.0.1.100', port, count: 9 });
      for (const name of ['task1', 'task2', 'task3']) {
        expect(
          answers.filter((answer) => answer === name).length === 3,
          `nine ${protocol} requests were answered by ${answers}`,
        );
      }
    }
    const own = await first.order('ask', { protocol: 'tcp', host: '10.0.1.100', port: 80, count: 3 });
    expect(own.includes('task1') && own.includes('task2'), `a task of the service was answered by ${own}`);
    expect(world.raw('caller', ['ping', '10.0.1.100']) === 'answered', 'a ping of the VIP is answered');
  },
);

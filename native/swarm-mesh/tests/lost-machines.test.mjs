#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];
const peers = [
  { name: 'aaaaaaaaaaaa', ip: '192.168.7.11' },
  { name: 'bbbbbbbbbbbb', ip: '192.168.7.12' },
];

await promise(
  'a machine that is said to be gone gets nothing new at once, though docker still has its tasks; one that comes back is served',
  async (world) => {
    const on = (/** @type {number} */ number, /** @type {string} */ owner) => task({ number, ports, owner });
    await Promise.all([1, 2, 3].map((k) => world.addTask(`task${k}`, 10 + k, ports)));
    await world.docker.order('up');
    const both = tables([on(11, 'aaaaaaaaaaaa'), on(12, 'bbbbbbbbbbbb')]);
    await world.say({ ...both, peers });
    expect(tell('192.168.7.12').status === 1, 'without a mesh that serves, telling it fails');

    for (const diagnostic of [true, false]) {
      const mesh = world.startMesh({ diagnostic });
      await mesh.says(/ingress: web 8080\/tcp to 10.0.0.11, 10.0.0.12\n/);
      const client = world.startPeer('client');
      const told = performance.now();
      expect(tell('192.168.7.12').status === 0, 'the mesh is told');
      await mesh.says(/ingress: web 8080\/tcp to 10.0.0.11\n/);
      expect(performance.now() - told < 500, 'within half a second');
      const answers = await client.order('ask', { protocol: 'tcp', host: '192.168.7.11', port: 8080, count: 4 });
      expect(answers.join() === 'task1,task1,task1,task1', `asked after the loss: ${answers}`);

      /* Whoever is no member of the swarm changes nothing. */
      tell('192.168.7.99');
      await mesh.says('192.168.7.99 is said to be gone');
      /* The same address again is another machine to docker. */
      if (diagnostic) {
        const back = [on(11, 'aaaaaaaaaaaa'), on(12, 'bbbbbbbbbbbb'), on(13, 'cccccccccccc')];
        await world.say({ ...tables(back), peers: [...peers, { name: 'cccccccccccc', ip: '192.168.7.12' }] });
        await mesh.says(/ingress: web 8080\/tcp to 10.0.0.11, 10.0.0.13\n/);
        await world.say({ ...both, peers });
      }
      await mesh.stop();
      world.once(['--clear']);
    }

    function tell(/** @type {string} */ address) {
      const stdout = world.inside('node', ['sh', '-c', `${world.program} --lost ${address} 2>&1; echo "status $?"`]);
      return { status: Number(/status (\d+)/.exec(stdout)?.[1]) };
    }
  },
);

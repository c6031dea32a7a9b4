#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];
const other = [{ protocol: 'tcp', target: 80, published: 8090 }];

await promise(
  'established connections survive every change around them, and a draining task gets nothing new',
  async (world) => {
    const web = (/** @type {number} */ number, disabled = false) => task({ number, ports, disabled });
    await Promise.all([1, 2, 3].map((k) => world.addTask(`task${k}`, 10 + k, ports)));
    await world.addTask('caller', 200, []);
    await world.docker.order('up');
    await world.say(tables([web(11), web(12)]));
    const mesh = world.startMesh();
    await mesh.says('node: web 8080/tcp');

    const paths = [
      [world.startPeer('client'), '192.168.7.11', 8080],
      [world.startPeer('node'), '127.0.0.1', 8080],
      [world.startPeer('caller'), '10.0.1.100', 80],
    ];
    /** @type {{peer: any, id: number, name: string}[]} */
    const kept = [];
    for (const [peer, host, port] of paths) {
      for (let i = 0; i < 4; i++) {
        const id = await peer.order('open', { protocol: 'tcp', host, port });
        kept.push({ peer, id, name: await peer.order('say', { id }) });
      }
    }
    const stillThere = async (/** @type {string} */ when) => {
      for (const { peer, id, name } of kept)
        expect((await peer.order('say', { id })) === name, `a connection to ${name} broke: ${when}`);
    };

    await world.say(tables([web(11), web(12), web(13)]));
    await mesh.says('ingress: web 8080/tcp to 10.0.0.11, 10.0.0.12, 10.0.0.13');
    await stillThere('scaled up');
    await world.say(tables([web(11), web(12), web(13), task({ service: 'api', number: 14, vip: 101, ports: other })]));
    await mesh.says('node: api 8090/tcp');
    await stillThere('another service came');
    await world.say(tables([web(11), web(12), web(13)]));
    await mesh.says('node: api 8090/tcp removed');
    await stillThere('another service went');
    const told = performance.now();
    await world.say(tables([web(11, true), web(12), web(13)]));
    await mesh.says(/ingress: web 8080\/tcp to 10.0.0.12, 10.0.0.13\n/);
    expect(performance.now() - told < 1000, 'the draining task was taken out within a second');
    await stillThere('a task drains');
    for (const [peer, host, port] of paths) {
      const answers = await peer.order('ask', { protocol: 'tcp', host, port, count: 6 });
      expect(
        answers.every((answer) => answer === 'task2' || answer === 'task3'),
        `new connections while task1 drains: ${answers}`,
      );
    }
    /* All drain: refused at once, for there is nobody to wait for. */
    await world.say(tables([web(11, true), web(12, true), web(13, true)]));
    await mesh.says('node: web 8080/tcp removed');
    const refused = await paths[0][0].order('ask', { protocol: 'tcp', host: '192.168.7.11', port: 8080 });
    expect(refused[0] === '!ECONNREFUSED', `with every task draining: ${refused}`);
    const vip = await paths[2][0].order('ask', { protocol: 'tcp', host: '10.0.1.100', port: 80 });
    expect(vip[0] === '!ECONNREFUSED', `the VIP with every task draining: ${vip}`);
    await stillThere('all drain');
  },
);

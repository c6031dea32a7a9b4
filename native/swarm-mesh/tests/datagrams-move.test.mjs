#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task, until } from './lib/world.mjs';

const dns = [{ protocol: 'udp', target: 53, published: 5353 }];
const log = [{ protocol: 'udp', target: 514, published: 5514 }];

await promise(
  'a datagram flow leaves a task that goes within a second, and no other flow is touched',
  async (world) => {
    await Promise.all([1, 2].map((k) => world.addTask(`task${k}`, 10 + k, dns)));
    await world.addTask('task3', 13, log);
    await world.addTask('caller', 200, []);
    await world.docker.order('up');
    const logger = task({ service: 'log', number: 13, vip: 101, ports: log });
    const web = (/** @type {number} */ number) => task({ number, ports: dns });
    /* A flow that began before the service: it must reach it as soon as there is one. */
    const early = world.startPeer('client');
    const earlyFlow = await early.order('open', { protocol: 'udp', host: '192.168.7.11', port: 5353 });
    await early.order('say', { id: earlyFlow, timeout: 200 }).catch(() => {});

    await world.say(tables([web(11), web(12), logger]));
    const mesh = world.startMesh();
    await mesh.says('node: log 5514/udp');
    const answers = (/** @type {any} */ peer, /** @type {number} */ id) =>
      peer.order('say', { id, timeout: 200 }).catch(() => '');
    await until(async () => (await answers(early, earlyFlow)).startsWith('task'), 'the early flow is answered', 2000);

    const paths = [
      ['client', '192.168.7.11', 5353],
      ['node', '127.0.0.1', 5353],
      ['caller', '10.0.1.100', 53],
    ];
    const flows = [];
    for (const [from, host, port] of paths) {
      const peer = world.startPeer(`${from}`);
      for (let i = 0; i < 2; i++)
        flows.push({ peer, from, id: await peer.order('open', { protocol: 'udp', host, port }) });
    }
    for (const { peer, id, from } of flows)
      expect((await answers(peer, id)).startsWith('task'), `a flow from ${from} is answered`);
    const bystander = world.startPeer('client');
    const other = await bystander.order('open', { protocol: 'udp', host: '192.168.7.11', port: 5514 });
    expect((await answers(bystander, other)) === 'task3', 'the other service is answered');
    const tracked = () =>
      world
        .inside('ingress', ['cat', '/proc/net/nf_conntrack'])
        .split('\n')
        .find((line) => line.includes('dport=5514'));
    const before = tracked();

    await world.say(tables([web(12), logger]));
    const start = performance.now();
    for (const { peer, id, from } of flows) {
      await until(
        async () => (await answers(peer, id)) === 'task2',
        `the flow from ${from} moves to the task that is left`,
        1000 - (performance.now() - start) + 300,
      );
    }
    expect((await answers(bystander, other)) === 'task3', 'the other service is still answered');
    if (before)
      expect(
        tracked()?.split('timeout')[0].includes(before.slice(0, 10)),
        'the flow of the other service is still tracked',
      );
  },
);

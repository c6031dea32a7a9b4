#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task } from './lib/world.mjs';

const ports = [
  { protocol: 'tcp', target: 80, published: 8080 },
  { protocol: 'udp', target: 53, published: 5353 },
];

await promise(
  'a published port answers on the node from outside, from localhost and from containers of the node',
  async (world) => {
    await Promise.all([1, 2].map((k) => world.addTask(`task${k}`, 10 + k, ports)));
    await world.addTask('caller', 200, []);
    await world.docker.order('up');
    await world.say(tables([1, 2].map((k) => task({ number: 10 + k, ports }))));
    const mesh = world.startMesh();
    await mesh.says('node: web 5353/udp');

    for (const [from, host] of [
      ['client', '192.168.7.11'],
      ['node', '127.0.0.1'],
      ['node', '192.168.7.11'],
      ['caller', '192.168.7.11'],
    ]) {
      const peer = world.startPeer(from);
      for (const [protocol, port] of [
        ['tcp', 8080],
        ['udp', 5353],
      ]) {
        const answers = await peer.order('ask', { protocol, host, port, count: 4 });
        const spread = ['task1', 'task2'].every((name) => answers.filter((answer) => answer === name).length === 2);
        expect(spread, `${protocol} from ${from} to ${host}: ${answers}`);
      }
    }
    const stranger = await world
      .startPeer('client')
      .order('ask', { protocol: 'tcp', host: '192.168.7.11', port: 8081 });
    expect(stranger[0] === '!ECONNREFUSED', `a port that nobody published: ${stranger}`);
    /* The bridge has route_localnet now: it must not open the node's loopback to containers. */
    await world.startPeer('node').order('listen', { protocol: 'tcp', port: 7777 });
    world.inside('caller', ['ip', 'route', 'add', '127.0.0.2/32', 'via', '172.18.0.1']);
    world.inside('caller', ['sysctl', '-qw', 'net.ipv4.conf.all.route_localnet=1']);
    const loopback = await world
      .startPeer('caller')
      .order('ask', { protocol: 'tcp', host: '127.0.0.2', port: 7777, timeout: 400 });
    expect(loopback[0].startsWith('!'), `the node's loopback from a container: ${loopback}`);
    /* Other programs of the node see that the port is taken. */
    const taken = await world
      .startPeer('node')
      .order('listen', { protocol: 'tcp', port: 8080 })
      .catch((error) => error.message);
    expect(taken === 'EADDRINUSE', `another program could bind the published port: ${taken}`);
  },
);

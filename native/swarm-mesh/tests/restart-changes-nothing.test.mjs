#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { sleep, tables, task, until } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];

await promise(
  'stopping leaves everything programmed, starting again rewrites nothing, and only one mesh serves a node',
  async (world) => {
    await world.addTask('task1', 11, ports);
    await world.docker.order('up');
    await world.say(tables([task({ number: 11, ports })]));
    const first = world.startMesh();
    await first.says('node: web 8080/tcp');
    const second = world.startMesh();
    await second.says('another swarm-mesh serves this node');
    expect((await second.stop()) === 1, 'the second one exits with status 1');

    /* The kernel numbers rules: what is written again gets a new number. */
    const rules = () =>
      ['node', 'ingress', 'lb']
        .map((name) => world.inside(name, ['nft', '-a', 'list', 'table', 'ip', 'swarm_mesh']))
        .join('');
    await until(() => rules().includes('8080'), 'the rules are there');
    const before = rules();
    const started = performance.now();
    expect((await first.stop()) === 0, 'SIGTERM ends it with status 0');
    expect(performance.now() - started < 1000, 'SIGTERM ends it at once');
    const client = world.startPeer('client');
    const ask = () => client.order('ask', { protocol: 'tcp', host: '192.168.7.11', port: 8080 });
    expect((await ask())[0] === 'task1', 'the port answers while no mesh runs');

    const third = world.startMesh();
    await third.says('node: 1 destinations are programmed already');
    await sleep(600);
    expect(rules() === before, 'a new start has rewritten rules that were right');
    expect((await ask())[0] === 'task1', 'the port answers after the restart');
    await third.stop();
    world.once(['--once']);
    expect(rules() === before, 'swarm-mesh --once has rewritten rules that were right');
    /* Changes while it was away. */
    await world.say(tables([task({ number: 11, ports }), task({ number: 12, ports })]));
    world.once(['--once']);
    expect(rules().includes('10.0.0.12'), 'swarm-mesh --once brings the rules in line');
  },
);

#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task, until } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];

await promise('rules that somebody flushes are back within six seconds', async (world) => {
  await world.addTask('task1', 11, ports);
  await world.docker.order('up');
  await world.say(tables([task({ number: 11, ports })]));
  const mesh = world.startMesh();
  await mesh.says('node: web 8080/tcp');
  const client = world.startPeer('client');
  const answered = async () =>
    (await client.order('ask', { protocol: 'tcp', host: '192.168.7.11', port: 8080, timeout: 300 }))[0] === 'task1';
  expect(await answered(), 'the port answers');
  /* The looking begins with a first look, so that ours count as ours. */
  await until(answered, 'it answers');
  for (const [name, ...command] of [
    ['node', 'nft', 'delete', 'table', 'ip', 'swarm_mesh'],
    ['node', 'iptables', '-F', 'DOCKER-USER'],
    ['node', 'iptables', '-F', 'SWARM-MESH'],
    ['ingress', 'nft', 'flush', 'ruleset'],
  ]) {
    world.inside(name, command);
    expect(!(await answered()), `${command.join(' ')} had no effect`);
    await until(answered, `the port answers again after ${command.join(' ')}`, 6500);
  }
});

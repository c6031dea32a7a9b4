#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { SANDBOXES, tables, task, until } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];

await promise('a sandbox is served as soon as docker has set it up, however slowly it does that', async (world) => {
  await world.docker.order('up');
  world.unmount(SANDBOXES.n1);
  world.unmount(SANDBOXES.ingress);
  /* Bare, as docker first mounts it: the interface comes later. */
  world.inside('lb', ['ip', 'addr', 'del', '10.0.1.2/24', 'dev', 'eth0']);
  await world.docker.order('set', tables([task({ number: 11, ports })]));
  const mesh = world.startMesh();
  await mesh.says('docker is there');
  world.mount(SANDBOXES.n1, 'lb');
  /* The network is not in docker's list yet either. */
  await new Promise((resolve) => setTimeout(resolve, 150));
  await world.say(tables([task({ number: 11, ports })]), []);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(!mesh.log.includes('n1: web'), 'nothing can be programmed yet');
  world.inside('lb', ['ip', 'addr', 'add', '10.0.1.2/24', 'dev', 'eth0']);
  await mesh.says('n1: web 10.0.1.100 to 10.0.1.11', 2500);
  world.mount(SANDBOXES.ingress, 'ingress');
  await mesh.says('node: web 8080/tcp', 1000);
  await until(() => world.status().sandboxes.length === 2, 'both sandboxes are known');
});

#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { expect, promise, Skip } from './lib/promise.mjs';
import { program, sleep } from './lib/world.mjs';

await promise("where the kernel lets docker's own load balancer work, the mesh stands aside", async (world) => {
  const [command, ...rest] = [
    ...world.inNode('node'),
    program,
    '--status',
    '--netns-dir',
    world.files.netns,
    '--pidfile',
    'none',
  ];
  const status = JSON.parse(spawnSync(command, rest, { encoding: 'utf8' }).stdout);
  if (status.mode !== 'aside') throw new Skip(`IPVS ${status.ipvs}`);
  await world.docker.order('up');
  const mesh = world.startMesh({ force: false });
  await mesh.says('standing aside');
  await sleep(300);
  expect((await world.docker.order('counts')).events === 0, 'it leaves docker alone');
  expect((await mesh.stop()) === 0, 'SIGTERM ends it');
});

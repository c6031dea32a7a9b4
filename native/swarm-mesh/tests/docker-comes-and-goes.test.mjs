#!/usr/bin/env node
import fs from 'node:fs';
import { expect, promise } from './lib/promise.mjs';
import { sleep, tables, task, until } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];
const web = (/** @type {number} */ number) => task({ number, ports });

await promise(
  'docker may start late, go away, answer nonsense or hang: the mesh waits, keeps what it has, and catches up',
  async (world) => {
    const mesh = world.startMesh();
    await sleep(300);
    /* A socket of a service manager, whose daemon somebody has stopped: to connect would start it. */
    fs.writeFileSync(world.files.pid, '999999999');
    await world.docker.order('up', { withPidfile: false });
    const before = (await world.docker.order('counts')).events;
    await sleep(1200);
    expect(
      (await world.docker.order('counts')).events === before,
      'the mesh connected although the daemon does not run',
    );
    await world.say(tables([web(11)]));
    fs.writeFileSync(world.files.pid, `${world.docker.pid}`);
    await mesh.says('node: web 8080/tcp', 1500);

    await world.docker.order('down');
    await mesh.says('docker is gone');
    expect(world.status().node.frontends.length === 1, 'while docker is away everything stays');
    await world.docker.order('set', tables([web(12)]));
    await world.docker.order('up');
    await mesh.says(/ingress: web 8080\/tcp to 10.0.0.12\n/, 3000);

    const settled = () => {
      const { frontends } = world.status().node;
      return frontends.length === 1 && frontends[0].protocol === 'tcp' && frontends[0].backends.length === 1;
    };
    for (const broken of ['garbage', 'error', 'hang']) {
      await until(settled, 'the mesh serves the one port', 8000);
      await world.say({ broken, ...tables([web(13)]) });
      await sleep(700);
      expect(settled(), `everything stays while docker answers with ${broken}`);
      expect(mesh.status === null, `the mesh has ended: ${mesh.status}`);
      mesh.forget();
      await world.say({ broken: '', ...tables([web(14)]) });
      await mesh.says(/ingress: web 8080\/tcp to 10.0.0.14\n/, 8000);
      mesh.forget();
      await world.say(tables([web(12)]));
      await mesh.says(/ingress: web 8080\/tcp to 10.0.0.12\n/, 3000);
    }
  },
);

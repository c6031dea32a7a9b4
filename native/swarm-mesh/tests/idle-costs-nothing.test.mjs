#!/usr/bin/env node
import fs from 'node:fs';
import { expect, promise } from './lib/promise.mjs';
import { sleep, tables, task } from './lib/world.mjs';

const SECONDS = 8;
const CPU_LIMIT_PERCENT = 0.1;
const MEMORY_LIMIT_KB = 5 * 1024;

await promise(
  `idle it takes less than ${CPU_LIMIT_PERCENT} % of a processor and 5 MB, and does not ask docker`,
  async (world) => {
    await world.docker.order('up');
    const ports = Array.from({ length: 200 }, (_, k) => ({
      protocol: k % 2 ? 'udp' : 'tcp',
      target: 80,
      published: 9000 + k,
    }));
    await world.say(tables(Array.from({ length: 50 }, (_, k) => task({ number: 10 + k, ports }))));
    const mesh = world.startMesh();
    await mesh.says('node: web 9199/udp', 5000);
    await sleep(7000); /* past the first look for changes by others, which lists the tables */
    /* Nanoseconds on a processor. */
    const used = () => Number(fs.readFileSync(`/proc/${mesh.pid}/schedstat`, 'utf8').split(' ')[0]);
    const asked = async () => JSON.stringify(await world.docker.order('counts'));
    const before = [used(), await asked()];
    await sleep(SECONDS * 1000);
    const percent = ((used() - Number(before[0])) / (SECONDS * 1e9)) * 100;
    const memory = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${mesh.pid}/status`, 'utf8'))?.[1]);
    process.stdout.write(`${percent.toFixed(4)} % of a processor, ${memory} kB\n`);
    expect((await asked()) === before[1], 'docker was asked although nothing happened');
    expect(memory < MEMORY_LIMIT_KB, `it has ${memory} kB of memory`);
    expect(percent < CPU_LIMIT_PERCENT, `it took ${percent.toFixed(4)} % of a processor`);
  },
);

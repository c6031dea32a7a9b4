#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { INGRESS, N1, SANDBOXES, tables, task, until } from './lib/world.mjs';

/* Printed with a failure; give it as the argument to play the same changes again. */
const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
const CHANGES = 150;
/** mulberry32 */
function random(/** @type {number} */ state) {
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** What a sandbox has to hold, as one line a destination. */
function wanted(/** @type {any[]} */ records) {
  /** @type {Record<string, Set<string>>} */
  const out = {};
  for (const { vip, ports, address, disabled } of records) {
    if (disabled) continue;
    const keys = (ports ?? []).map(({ published, protocol }) => `${published}/${protocol}`);
    for (const key of vip ? [vip, ...keys] : keys) {
      out[key] ??= new Set();
      out[key].add(address);
    }
  }
  return Object.entries(out)
    .map(([key, set]) => `${key} ${[...set].sort()}`)
    .sort()
    .join('\n');
}

function held(/** @type {any} */ frontends) {
  return frontends
    .map((/** @type {any} */ f) => `${f.vip ?? `${f.port}/${f.protocol}`} ${f.backends.sort()}`)
    .sort()
    .join('\n');
}

await promise(`after each of ${CHANGES} random changes the kernel has exactly what docker says`, async (world) => {
  const pick = random(seed);
  await world.docker.order('up');
  /** @type {{service: number, number: number, disabled: boolean}[]} */
  let tasks = [];
  const services = Array.from({ length: 8 }, (_, k) => ({
    service: `svc${k}`,
    vip: k === 7 ? 0 : 200 + k,
    ports: Array.from({ length: k === 3 ? 40 : k % 3 }, (_, p) => ({
      protocol: ['tcp', 'udp', 'sctp'][(k + p) % 3],
      target: 80 + p,
      published: 8000 + 100 * k + p,
    })),
  }));
  const now = () => tables(tasks.map(({ service, ...rest }) => task({ ...services[service], ...rest }))).tables;
  await world.say({ tables: now() });
  const mesh = world.startMesh();
  await mesh.says('docker is there');
  for (let change = 0; change < CHANGES; change++) {
    const kind = pick(10);
    const service = pick(8);
    if (kind < 5 || tasks.length === 0) tasks.push({ service, number: 3 + pick(190), disabled: false });
    else if (kind < 7) tasks.splice(pick(tasks.length), 1);
    else if (kind < 9) tasks[pick(tasks.length)].disabled = true;
    else tasks = tasks.filter((one) => one.service !== service);
    tasks = tasks.filter((one, k) => tasks.findIndex((other) => other.number === one.number) === k);
    await world.say({ tables: now() });
    /* Now and then one change after the other without a pause, as when a service of many tasks starts. */
    if (pick(3) === 0) continue;
    const { [INGRESS]: ingress, [N1]: n1 } = now();
    const want = {
      ingress: wanted(ingress),
      n1: wanted(n1),
      node: wanted(ingress.map((record) => ({ ...record, vip: 0, address: '172.18.0.2' }))),
    };
    let got = {};
    const same = () => {
      const { node, sandboxes } = world.status();
      const of = (/** @type {string} */ name) =>
        held(sandboxes.find((/** @type {any} */ s) => s.name === name)?.frontends ?? []);
      got = { ingress: of(SANDBOXES.ingress), n1: of(SANDBOXES.n1), node: held(node.frontends) };
      return JSON.stringify(got) === JSON.stringify(want);
    };
    await until(same, `change ${change} of seed ${seed}: ${JSON.stringify(want, null, 1)}`).catch((error) => {
      throw new Error(`${error.message}\nbut it is ${JSON.stringify(got, null, 1)}`);
    });
  }
  expect(!mesh.log.includes('did not take'), 'a transaction was refused');
  expect(!mesh.log.includes('somebody else'), "the mesh mistook its own changes for somebody else's");
});

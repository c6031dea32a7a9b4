#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { SANDBOXES, tables, task, until } from './lib/world.mjs';

const ports = [{ protocol: 'tcp', target: 80, published: 8080 }];

await promise(
  'a service that goes takes its VIPs and ports along, and leaving the swarm takes everything',
  async (world) => {
    await world.docker.order('up');
    const addresses = (/** @type {string} */ name) => world.inside(name, ['ip', '-4', 'addr', 'show']);
    const empty = () => {
      const { node, sandboxes } = world.status();
      return (
        node.frontends.length === 0 && sandboxes.every((/** @type {any} */ sandbox) => sandbox.frontends.length === 0)
      );
    };
    await world.say(tables([task({ number: 11, ports }), task({ service: 'api', number: 12, vip: 101 })]));
    const mesh = world.startMesh();
    await mesh.says('node: web 8080/tcp');
    await until(() => addresses('lb').includes('10.0.1.101/32'), 'the VIPs are addresses of the sandbox');

    await world.say(tables([task({ service: 'api', number: 12, vip: 101 })]));
    await mesh.says('node: web 8080/tcp removed');
    await until(
      () => !addresses('lb').includes('10.0.1.100/32') && !addresses('ingress').includes('/32'),
      'the VIPs are gone',
    );
    expect(addresses('lb').includes('10.0.1.101/32'), 'the other VIP stays');
    await world.startPeer('node').order('listen', { protocol: 'tcp', port: 8080 });

    /* endpoint_mode dnsrr has no VIP, ports of mode host are not in docker's tables: neither is any of the mesh's business. */
    await world.say(tables([task({ service: 'rr', number: 13, vip: 0 })]));
    await until(empty, 'nothing is balanced for dnsrr');

    await world.say(tables([task({ number: 11, ports })]));
    await until(() => world.status().node.frontends.length === 1, 'the service is back');
    world.unmount(SANDBOXES.ingress);
    world.unmount(SANDBOXES.n1);
    await until(() => world.status().node.frontends.length === 0, 'the node has left');
    await until(() => !world.inside('node', ['nft', 'list', 'tables']).includes('swarm_mesh'), 'the table is gone');
    await until(() => !world.inside('node', ['iptables', '-S']).includes('SWARM-MESH'), 'the chain is gone');
    expect(
      world.inside('node', ['sysctl', '-n', 'net.ipv4.conf.docker_gwbridge.route_localnet']).trim() === '0',
      'route_localnet is off',
    );

    /* And back again, in a namespace of the same name. */
    world.mount(SANDBOXES.ingress, 'ingress');
    world.mount(SANDBOXES.n1, 'lb');
    await until(() => world.status().node.frontends.length === 1, 'the node has joined again');

    /* A restarted daemon has made its sandbox anew, in one step for those who look, and does not get on with it. */
    world.mount(SANDBOXES.ingress, 'wire');
    await until(
      () => world.status().node.frontends.length === 0,
      'nothing is sent into a sandbox that is not set up',
      8000,
    );
    world.unmount(SANDBOXES.ingress);
    await until(() => world.status().node.frontends.length === 1, 'the sandbox is there after all');
    await mesh.stop();
    world.once(['--clear']);
    expect(empty() && !addresses('lb').includes('/32'), 'swarm-mesh --clear removes everything');
  },
);

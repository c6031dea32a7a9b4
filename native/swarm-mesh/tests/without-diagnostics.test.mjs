#!/usr/bin/env node
import { expect, promise } from './lib/promise.mjs';
import { tables, task, until } from './lib/world.mjs';

const ports = [{ protocol: 'udp', target: 53, published: 5353 }];

await promise(
  "without docker's diagnostic server the ordinary API does, with every protocol where a worker cannot know it",
  async (world) => {
    await world.addTask('task1', 11, ports);
    await world.docker.order('up', { withDiagnostic: false });
    await world.say(tables([task({ number: 11, ports })]));
    const mesh = world.startMesh();
    await mesh.says('node: web 5353/udp');
    await until(() => world.status().node.frontends.length === 3, 'a worker takes the port with all three protocols');
    const answers = await world.startPeer('client').order('ask', { protocol: 'udp', host: '192.168.7.11', port: 5353 });
    expect(answers[0] === 'task1', `the port answered ${answers}`);

    const Ports = [{ Protocol: 'udp', TargetPort: 53, PublishedPort: 5353, PublishMode: 'ingress' }];
    await world.say({ services: [{ Spec: { Name: 'web' }, Endpoint: { Ports } }] });
    await until(() => world.status().node.frontends.length === 1, 'a manager knows the protocol');
    expect(world.status().node.frontends[0].protocol === 'udp', 'and it is UDP');

    /* The diagnostic server comes up when docker is told to reload. */
    expect((await world.docker.order('counts')).gettable === 0, 'nobody asked a server that is not there');
    expect(mesh.log.split('asking dockerd').length === 2, `docker was told to reload exactly once:\n${mesh.log}`);
  },
);

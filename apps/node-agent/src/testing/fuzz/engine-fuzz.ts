/** Whatever a node's engine answers: what the agent makes of it fits the contract, or it is refused as an error; nothing else happens. */
import http from 'node:http';
import net from 'node:net';
import { MAX_REPORTED_PORTS, nodePortSchema, swarmViewSchema, timelineFactSchema } from '@drydock/protocol';
import { systemClock } from '@drydock/service-kit';
import fc from 'fast-check';
import { expect } from 'vitest';
import { z } from 'zod';
import { createDockerApi, type DockerApi } from '../../watch/docker-api.ts';
import { type DockerView, readDockerView } from '../../watch/docker-view.ts';
import { createDockerWatch, type DockerEvent } from '../../watch/docker-watch.ts';
import { createEventTeller } from '../../watch/engine-events.ts';
import { nodePorts } from '../../watch/node-ports.ts';
import { readSwarm } from '../../watch/swarm-view.ts';

/** Any JSON, as deep as a few levels. */
const junk = fc.jsonValue({ maxDepth: 3 });
const word = fc.oneof(
  fc.string({ maxLength: 300, unit: 'binary' }),
  fc.constantFrom('', 'ready', 'active', 'manager', 'running', 'failed', 'tcp', 'udp', '10.0.0.1:2377', '__proto__'),
  fc.stringMatching(/^[a-z0-9]{1,64}$/),
  fc.constant('x'.repeat(2000)),
);
const transport = fc.constantFrom('tcp', 'udp', 'sctp');
const number = fc.oneof(fc.integer({ min: -5, max: 70_000 }), fc.double(), fc.constantFrom(1e308, -1, 2 ** 53));
const time = fc.constantFrom('2026-11-29T05:00:00Z', '0001-01-01T00:00:00Z', 'yesterday', '');
const words = (values: fc.Arbitrary<unknown>) => fc.dictionary(word, values, { maxKeys: 5 });

/** A field is mostly of its kind, sometimes absent, null or junk. */
function field(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 18, arbitrary: value },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
    { weight: 1, arbitrary: junk },
  );
}
function like(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, field(value)])));
}
const list = (one: fc.Arbitrary<unknown>) => fc.array(one, { maxLength: 6 });

const container = like({
  Names: list(word),
  Labels: words(word),
  Ports: list(like({ IP: word, PublicPort: number, Type: transport })),
});
const info = like({ Swarm: like({ LocalNodeState: word, ControlAvailable: fc.boolean(), NodeID: word }) });
const ingress = like({ Services: words(like({ Ports: list(word) })) });
const swarmNode = like({
  ID: word,
  Spec: like({ Role: word, Availability: word }),
  Description: like({ Hostname: word }),
  Status: like({ State: word, Addr: word }),
  ManagerStatus: like({ Leader: fc.boolean(), Reachability: word, Addr: word }),
});
const service = like({
  ID: word,
  CreatedAt: time,
  Spec: like({ Name: word, Mode: words(like({ Replicas: number })), Networks: list(like({ Target: word })) }),
  Endpoint: like({
    Ports: list(like({ PublishedPort: number, TargetPort: number, Protocol: word, PublishMode: word })),
  }),
});
const task = like({
  ID: word,
  UpdatedAt: time,
  ServiceID: word,
  NodeID: word,
  Slot: number,
  DesiredState: word,
  Status: like({ State: word, Err: word, ContainerStatus: like({ ContainerID: word }) }),
  NetworksAttachments: list(like({ Network: like({ ID: word }), Addresses: list(word) })),
});
const network = like({ Id: word, Name: word, Driver: word, Ingress: fc.boolean(), Options: words(word) });
/** The attributes that are read, and any others. */
const attributesOf = fc
  .tuple(
    fc.record(
      { name: word, image: word, exitCode: word, 'replicas.new': word, 'replicas.old': word },
      { requiredKeys: [] },
    ),
    words(word),
  )
  .map(([known, others]) => ({ ...others, ...known }));
const event = like({ Type: word, Action: word, Actor: like({ ID: word, Attributes: words(word) }) });

/** An engine with these answers, in this process. */
function engineOf(answers: Record<string, unknown>): DockerApi {
  return {
    get: async (path) => answers[path.split('?')[0] ?? ''],
    getBytes: async () => Buffer.alloc(0),
    follow: async () => {},
  };
}

/** What `read` gives; undefined when it refuses the answers, by an error as all its callers expect. */
async function orRefused<T>(read: Promise<T>): Promise<T | undefined> {
  return read.catch((error: unknown) => {
    expect(error).toBeInstanceOf(Error);
    return undefined;
  });
}

/** The ports and the swarm that an engine tells. @param runs how many engines */
export async function fuzzEngineViews(runs: number): Promise<void> {
  const portsSchema = z.array(nodePortSchema).max(MAX_REPORTED_PORTS);
  await fc.assert(
    fc.asyncProperty(list(container), info, ingress, swarmNode, async (containers, asked, services, node) => {
      const answers = { '/containers/json': containers, '/info': asked, '/networks/ingress': services, '/node': node };
      const view = await orRefused(readDockerView(engineOf(answers)));
      if (view !== undefined) portsSchema.parse(nodePorts([], view));
    }),
    { numRuns: runs },
  );
  await fc.assert(
    fc.asyncProperty(
      list(swarmNode),
      list(service),
      list(task),
      list(network),
      async (nodes, services, tasks, nets) => {
        const answers = { '/nodes': nodes, '/services': services, '/tasks': tasks, '/networks': nets };
        const view = await orRefused(readSwarm(engineOf(answers), 1_764_392_400_000));
        if (view !== undefined) swarmViewSchema.parse(view);
      },
    ),
    { numRuns: runs },
  );
}

/** The timeline's facts of an engine's events. @param runs how many events */
export function fuzzEngineEvents(runs: number): void {
  const kinds = fc.constantFrom('container start', 'container die', 'image pull', 'service update', 'node update');
  fc.assert(
    fc.property(kinds, attributesOf, word, (kind, attributes, id) => {
      const [type = '', action = ''] = kind.split(' ');
      const told: unknown[] = [];
      const teller = createEventTeller({ clock: systemClock, isLeader: () => true, tell: (fact) => told.push(fact) });
      const given: DockerEvent = {
        Type: type,
        Action: action,
        Actor: { ID: id, Attributes: attributes as Record<string, string> },
      };
      teller(given);
      for (const fact of told) timelineFactSchema.parse(fact);
    }),
    { numRuns: runs },
  );
}

/**
 * A real server that answers bytes: no answer ends the process or stops the watch, which sees the next honest answer. One connection gets
 * one `piece` and is closed. @param runs how many streams
 */
export async function fuzzEngineStreams(runs: number): Promise<void> {
  const piece = fc.oneof(
    event.map((value) => `${JSON.stringify(value)}\n`),
    fc.string({ maxLength: 200, unit: 'binary' }),
    fc.constantFrom('x'.repeat(70_000), '{"Type":1}\n', '\n\n', '[]\n', 'null\n'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 4 }), async (pieces) => {
      let isHonest = false;
      const server = http.createServer((request, response) => {
        const url = request.url?.split('?')[0] ?? '';
        if (url === '/_ping') return response.end('OK');
        response.writeHead(200, { 'content-type': 'application/json' });
        if (url === '/info') return response.end('{}');
        if (isHonest) return url === '/events' ? response.flushHeaders() : response.end('[]');
        response.write(pieces.join(''));
        return response.end(() => {
          isHonest = true;
        });
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as net.AddressInfo;
      const views: (DockerView | undefined)[] = [];
      const api = createDockerApi(() => net.connect(port, '127.0.0.1'));
      const watch = createDockerWatch({ api, clock: systemClock, onView: (view) => views.push(view) });
      try {
        await expect.poll(() => isHonest && views.at(-1), { timeout: 10_000 }).toMatchObject({ published: [] });
      } finally {
        watch.close();
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      }
    }),
    { numRuns: runs },
  );
}

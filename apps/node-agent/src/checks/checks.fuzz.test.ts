/** Whatever a node answers to a lab's looks: what is made of it fits the contract, or is refused as an error; nothing else happens. */
import { type NodeProbe, probedFactsSchema, watchedFactsSchema } from '@drydock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DockerApi } from '../watch/docker-api.ts';
import { createContainerTable } from './container-table.ts';
import { lookQuestions, readLook } from './look.ts';
import { readImages, readNetworks, readVolumes } from './object-tables.ts';
import { readSwarmExtra } from './swarm-extra.ts';

const PROBES: Exclude<NodeProbe, { kind: 'http' | 'run' }>[] = [
  { kind: 'file', path: '/a', content: true, since: 5 },
  { kind: 'processes' },
  { kind: 'commands' },
  { kind: 'env', name: '__proto__' },
  { kind: 'listens' },
];
const hex = fc.oneof(
  fc.string({ maxLength: 400, unit: 'binary' }).map((text) => Buffer.from(text).toString('hex')),
  fc.constantFrom('2f61', Buffer.from('__proto__').toString('hex'), '', 'zz', '-'),
);
const number = fc.oneof(fc.integer(), fc.constantFrom('1e999', '-1', '9'.repeat(40), 'x', ''));
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('file', 'process', 'command', 'env', 'listens', 'listen', 'free', 'x'),
      hex,
      number,
      hex,
      number,
      number,
      hex,
    )
    .map((words) => words.join(' ')),
  fc
    .tuple(hex, hex, fc.integer({ min: 0, max: 7777 }), hex)
    .map(([key, owner, mode, text]) => `file ${key} file ${String(mode).padStart(4, '0')} ${owner} 1 3 ${text}.`),
  fc.constantFrom('processes', 'commands', 'listens 5f5f70726f746f5f5f', 'env __proto__ 41.', 'end'),
  fc.string({ maxLength: 100, unit: 'binary' }),
);

describe('the answers of a node', () => {
  it('to looks are facts of the contract, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        probedFactsSchema.parse(readLook(lines.join('\n'), PROBES));
      }),
      { numRuns: 1500 },
    );
    expect(({} as { length?: number }).length).toBeUndefined();
  });

  it('to what was not asked are not taken', () => {
    const lines = 'file 2f62 missing\nenv OTHER 41.\nprocess 61 62\ncommand 61 0 0 1\nlisten 61 80 0.0.0.0\n';
    expect(readLook(lines, PROBES.slice(0, 1))).toEqual({});
  });

  it('cannot break the questions: every text in them is hex', () => {
    const name = 'a b\n; rm';
    const asked = lookQuestions(
      [{ kind: 'file', path: `/${name}`, content: false }, { kind: 'listens' }],
      new Map([[name, 7]]),
    );
    expect(asked.trimEnd().split('\n')).toHaveLength(2);
    expect(asked).not.toContain(name);
  });

  it('of an engine become tables of the contract, or an error', async () => {
    const junk = fc.jsonValue({ maxDepth: 4 });
    const word = fc.oneof(
      fc.string({ maxLength: 300, unit: 'binary' }),
      fc.constantFrom('running', 'exited', '__proto__', 'x'.repeat(9000)),
    );
    const like = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });
    const words = fc.dictionary(word, fc.oneof(word, junk), { maxKeys: 4 });
    const ports = fc.array(like({ IP: word, PrivatePort: fc.double(), PublicPort: fc.double() }), { maxLength: 3 });
    const row = like({
      Id: fc.constantFrom('a'.repeat(64), '../x'),
      Names: fc.array(word, { maxLength: 2 }),
      Image: word,
      State: word,
      Labels: words,
      Ports: ports,
      Mounts: fc.array(like({ Name: word, Source: word, Destination: word }), { maxLength: 2 }),
      NetworkSettings: like({ Networks: fc.dictionary(word, like({ IPAddress: word }), { maxKeys: 2 }) }),
    });
    const spec = like({ Spec: like({ Name: word, Labels: words }), ID: word, Description: like({ Hostname: word }) });
    const answers = fc.record({
      list: fc.oneof(fc.array(row, { maxLength: 4 }), junk),
      inspect: fc.oneof(
        like({
          Path: word,
          Args: fc.array(word, { maxLength: 3 }),
          State: like({ ExitCode: fc.double(), Error: word }),
        }),
        junk,
      ),
      rows: fc.oneof(fc.array(spec, { maxLength: 3 }), junk),
    });
    await fc.assert(
      fc.asyncProperty(answers, async ({ list, inspect, rows }) => {
        const asked: string[] = [];
        const api: DockerApi = {
          async get(path) {
            asked.push(path);
            if (path.startsWith('/containers/json') || path === '/images/json') return list;
            return path.endsWith('/json') ? inspect : rows;
          },
          getBytes: async () => Buffer.from('\u0001\0\0\0\0\0\0\u0002hi\u0002\0\0\0ÿÿÿÿ', 'latin1'),
          follow: async () => {},
        };
        const orNothing = <T>(read: Promise<T>) => read.catch(() => undefined);
        const containers = await orNothing(createContainerTable().read(api, { logs: true }));
        const facts = {
          containers,
          images: await orNothing(readImages(api, new Map())),
          volumes: await orNothing(readVolumes(api, containers)),
          networks: await orNothing(readNetworks(api, containers)),
          swarm: await orNothing(readSwarmExtra(api)),
        };
        watchedFactsSchema.parse(JSON.parse(JSON.stringify(facts)));
        for (const path of asked) expect(path).not.toContain('..');
      }),
      { numRuns: 400 },
    );
  });
});

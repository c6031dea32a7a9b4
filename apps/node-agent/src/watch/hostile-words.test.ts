/** What words of a node cost the agent: its engine's events, its answers to looks, the addresses that it asks the mirror for. */
import { slowRuns } from '@drydock/testkit';
import { expect, test } from 'vitest';
import { readLook } from '../checks/look.ts';
import { parseRegistryUrl } from '../mirror/registry-path.ts';
import { parseEgressList } from '../network/egress-lists.ts';
import { meaningOf } from './engine-events.ts';

const PROBES = [{ kind: 'file', path: '/a' }, { kind: 'processes' }, { kind: 'commands' }] as unknown as Parameters<
  typeof readLook
>[1];

test('an event of an engine is read in a time that grows as its words do', () => {
  const event = (text: string) =>
    meaningOf({
      Type: 'container',
      Action: 'start',
      Actor: { ID: text, Attributes: { name: text, image: text } },
    } as Parameters<typeof meaningOf>[0]);
  expect(
    slowRuns(event, {
      around: [
        ['', ''],
        ['a:b', '@sha256:'],
        ['a:', `@sha256:${'0'.repeat(63)}`],
      ],
    }),
  ).toEqual([]);
});

test('the answers to looks are read in a time that grows as they do', () => {
  const around = [
    ['', ''],
    ['file ', ' missing'],
    ['file 2f61 file 0644 ', ' 0'],
    ['process ', ' x'],
  ] as const;
  expect(slowRuns((text) => readLook(text, PROBES), { around })).toEqual([]);
});

test('an address of a registry is read in a time that grows as it does', () => {
  const around = [
    ['', ''],
    ['/v2/', ''],
    ['/v2/a', '/manifests/x!'],
    ['/v2/a/manifests/', '!'],
  ] as const;
  expect(slowRuns(parseRegistryUrl, { around, longest: 960, times: 64 })).toEqual([]);
});

test('a list of names is read in a time that grows as it does', () => {
  const read = (text: string) => {
    try {
      return parseEgressList(text);
    } catch (error) {
      return error;
    }
  };
  expect(
    slowRuns(read, {
      around: [
        ['', ''],
        ['a.', '!'],
        ['a', '.'],
      ],
    }),
  ).toEqual([]);
});

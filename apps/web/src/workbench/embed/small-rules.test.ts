/** What an address may ask for, colours that can be read, and one tile. */
import { describe, expect, test } from 'vitest';
import type { Tab } from '../workspace/workspace-model.ts';
import { tabsOf } from '../workspace/workspace-model.ts';
import { readEmbedWish } from './address.ts';
import { createFlatTiles } from './flat-tiles.ts';
import { contrast, readableAccent } from './look.ts';

describe('a frame’s address', () => {
  test('names what is to start', () => {
    expect(readEmbedWish('?site=pk_a&nodes=2&show=node2&resume=no&chrome=bare')).toEqual({
      site: 'pk_a',
      nodes: 2,
      lab: null,
      template: null,
      show: 'node2',
      command: null,
      resume: false,
      bare: true,
    });
    expect(readEmbedWish('?src=gh:a/b/c.md@v1').lab).toBe('gh:a/b/c.md@v1');
    expect(readEmbedWish('?image=nginx:alpine').command).toBe('docker run -it --rm nginx:alpine');
    expect(readEmbedWish('?stack=https://a.example/c.yml').command).toContain("'https://a.example/c.yml'");
  });

  test('that is strange asks for no more than one node', () => {
    const strange = `?nodes=999&show=../x&image=${encodeURIComponent('a; rm -rf /')}&stack=javascript:1&lab=${'x'.repeat(400)}`;
    expect(readEmbedWish(strange)).toMatchObject({ nodes: 5, show: null, command: null, lab: null });
    expect(readEmbedWish('?nodes=-3').nodes).toBe(1);
    expect(readEmbedWish('').nodes).toBe(1);
  });
});

test('text on any accent colour can be read', () => {
  for (let red = 0; red < 256; red += 15)
    for (let green = 0; green < 256; green += 15)
      for (const blue of [0, 119, 255]) {
        const given = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
        const { accent, text } = readableAccent(given);
        expect(contrast(accent, text), given).toBeGreaterThanOrEqual(4.5);
      }
  expect(readableAccent('#0b6a5d')).toEqual({ accent: '#0b6a5d', text: '#ffffff' });
});

test('one tile keeps its tabs, shows the first, and the neighbour of one that is closed', () => {
  const layouts: unknown[] = [];
  const tiles = createFlatTiles((model) => void layouts.push(model));
  const tab = (id: string): Tab => ({ id, title: id, data: { kind: 'terminal', node: id, mine: true } });
  const shown = () => (tiles.getModel().root as { selectedId?: string }).selectedId;
  tiles.addTab(tab('a'));
  tiles.addTab(tab('b'), { select: false });
  expect([shown(), tiles.addTab(tab('a')), tabsOf(tiles.getModel()).length]).toEqual(['a', false, 2]);
  tiles.addTab(tab('c'), { select: true });
  expect(shown()).toBe('c');
  tiles.closeTab('c');
  expect(shown()).toBe('b');
  tiles.selectTab('a');
  tiles.selectTab('nothing');
  expect(shown()).toBe('a');
  expect(layouts.length).toBeGreaterThan(4);
});

import { expect, test } from 'vitest';
import { asOneTile, asTiles, targetOf } from './workspace-arrange.ts';
import type { Tab, TileModel } from './workspace-model.ts';
import { tabsOf, tilesOf, visibleTabsOf } from './workspace-model.ts';

const tab = (id: string): Tab => ({ id, title: id, data: { kind: 'terminal', node: 'node1', mine: true } });

/** Two tiles side by side: a and b in the left one, c in the right one. */
const model: TileModel = {
  version: 1,
  root: {
    type: 'split',
    id: 'root',
    orientation: 'horizontal',
    children: [
      { type: 'tabset', id: 'left', tabs: [tab('a'), tab('b')], selectedId: 'a' },
      { type: 'tabset', id: 'right', tabs: [tab('c')] },
    ],
  },
};

const idsByTile = (of: TileModel) => tilesOf(of).map(({ tabs }) => tabs.map(({ id }) => id).join(''));

test('a tab moves past its neighbour, then into the next tile, then into a tile of its own', () => {
  expect(targetOf(model, 'a', 'right')).toEqual({ tabsetId: 'left', index: 1 });
  expect(targetOf(model, 'b', 'right')).toEqual({ tabsetId: 'right', index: 0 });
  expect(targetOf(model, 'c', 'left')).toEqual({ tabsetId: 'left', index: 2 });
  expect(targetOf(model, 'a', 'left')).toEqual({ tabsetId: 'left', region: 'left' });
  expect(targetOf(model, 'b', 'down')).toEqual({ tabsetId: 'left', region: 'bottom' });
});

test('a tab that is alone at the edge stays where it is', () => {
  expect(targetOf(model, 'c', 'right')).toBeNull();
  expect(targetOf(model, 'nobody', 'left')).toBeNull();
});

test('a narrow window has all tabs in one tile, and the tiles come back with what was opened and closed meanwhile', () => {
  const one = asOneTile(model, 'c');
  expect(idsByTile(one)).toEqual(['abc']);
  expect(tilesOf(one)[0]?.selectedId).toBe('c');
  const later = asOneTile({ ...one, root: { type: 'tabset', id: 'main', tabs: [tab('b'), tab('c'), tab('d')] } }, 'd');
  expect(idsByTile(asTiles(model, later))).toEqual(['bd', 'c']);
});

test('no tab is lost on the way there and back', () => {
  expect(tabsOf(asTiles(model, asOneTile(model, null)))).toEqual(tabsOf(model));
});

test('the front tab of each tile can be seen, or that of the tile that fills the window', () => {
  const idsOf = (of: TileModel) => visibleTabsOf(of).map(({ id }) => id);
  expect(idsOf(model)).toEqual(['a', 'c']);
  expect(idsOf({ ...model, maximizedTabsetId: 'right' })).toEqual(['c']);
});

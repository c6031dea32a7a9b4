import { expect, test } from 'vitest';
import { asDock, DOCK_ID, dockSplitOf, evenly, sideFor, terminalTilesOf } from './dock.ts';
import type { Tab, TileModel } from './workspace-model.ts';

type Node = TileModel['root'];
const tab = (id: string): Tab => ({ id, title: id, data: { kind: 'terminal', node: 'node1', mine: true } });
const tile = (id: string, size?: number): Node => ({
  type: 'tabset',
  id,
  tabs: [tab(`${id}-tab`)],
  ...(size ? { size } : {}),
});
const split = (orientation: 'horizontal' | 'vertical', ...children: Node[]): Node => ({
  type: 'split',
  id: `${orientation}-${children.length}`,
  orientation,
  children,
});
const model = (root: Node): TileModel => ({ version: 1, root });

test.each([
  // 1280 px with the sidebar; with the files too; a tablet upright; a phone; a phone on its side.
  [992, 640, 'right'],
  [700, 640, 'bottom'],
  [532, 1000, 'bottom'],
  [390, 700, 'among'],
  [700, 300, 'among'],
] as const)('with %i by %i px for the tiles the dock lies %s', (width, height, side) => {
  expect(sideFor({ width, height }, model(tile('main')))).toBe(side);
});

test('columns of terminals need their room too, rows and the dock itself do not', () => {
  const room = { width: 900, height: 700 };
  const columns = split('horizontal', tile('a'), tile('b'), tile('c'));
  expect(sideFor(room, model(columns))).toBe('bottom');
  expect(sideFor(room, model(split('vertical', tile('a'), tile('b'), tile('c'))))).toBe('right');
  expect(sideFor(room, model(split('horizontal', split('horizontal', tile('a'), tile('b')), tile(DOCK_ID))))).toBe(
    'right',
  );
});

test('the tile of a panel becomes the dock, with its least size', () => {
  const docked = asDock(model(split('horizontal', tile('a', 60), tile('new', 40))), 'new-tab');
  expect(dockSplitOf(docked)).toEqual({ id: 'horizontal-2', side: 'right', size: 40 });
  expect(terminalTilesOf(docked).map(({ id }) => id)).toEqual(['a']);
  const { root } = docked;
  expect(root.type === 'split' && root.children[1]).toMatchObject({ id: DOCK_ID, minWidth: '480px' });
});

test('tiles become even, in every split, and the dock keeps its size', () => {
  const uneven = split('horizontal', split('vertical', tile('a', 80), tile('b', 20)), tile('c', 10), {
    ...tile(DOCK_ID),
    size: 40,
  });
  const { root } = evenly(model(uneven));
  const sizes = (node: Node): unknown =>
    node.type === 'tabset' ? node.size : [node.size, ...node.children.map(sizes)];
  expect(sizes(root)).toEqual([undefined, [30, 50, 50], 30, 40]);
});

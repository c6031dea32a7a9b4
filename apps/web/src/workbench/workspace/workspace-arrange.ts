/** How tabs are arranged without a mouse, and how tiles become one on a narrow window and come back; free of React and of the tiling library. */
import type { TabDropTarget } from 'react-resizable-panels';
import { type Tab, type TileModel, tabsOf, tilesOf } from './workspace-model.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

const REGION = { left: 'left', right: 'right', up: 'top', down: 'bottom' } as const;

/**
 * Where a tab goes by one press of a direction: past its neighbour among its tile's tabs (left, right), else into the next tile of that
 * way, else into a tile of its own; null when it is alone already and nothing lies that way.
 */
export function targetOf(model: TileModel, id: string, direction: Direction): TabDropTarget | null {
  const tiles = tilesOf(model).filter(({ tabs }) => tabs.length > 0);
  const at = tiles.findIndex(({ tabs }) => tabs.some((tab) => tab.id === id));
  const tile = tiles[at];
  if (tile === undefined) return null;
  const by = direction === 'left' || direction === 'up' ? -1 : 1;
  const index = tile.tabs.findIndex((tab) => tab.id === id) + by;
  const isAside = direction === 'left' || direction === 'right';
  if (isAside && index >= 0 && index < tile.tabs.length) return { tabsetId: tile.id, index };
  if (tile.tabs.length > 1 && !isAside) return { tabsetId: tile.id, region: REGION[direction] };
  const next = tiles[at + by];
  if (next !== undefined) return { tabsetId: next.id, index: by < 0 ? next.tabs.length : 0 };
  return tile.tabs.length > 1 ? { tabsetId: tile.id, region: REGION[direction] } : null;
}

/** All tabs in one tile, for a window in which tiles would be too small to use. */
export function asOneTile(model: TileModel, activeId: string | null): TileModel {
  const tabs = tabsOf(model);
  const selected = tabs.find(({ id }) => id === activeId) ?? tabs[0];
  return {
    version: 1,
    root: { type: 'tabset', id: 'main', tabs, ...(selected === undefined ? {} : { selectedId: selected.id }) },
  };
}

/** The tiles of `wide` with the tabs that `now` has: gone ones are left out, new ones come to the first tile. */
export function asTiles(wide: TileModel, now: TileModel): TileModel {
  const current = new Map(tabsOf(now).map((tab) => [tab.id, tab]));
  const known = new Set(tabsOf(wide).map(({ id }) => id));
  let fresh = tabsOf(now).filter(({ id }) => !known.has(id));
  const mapSet = <T extends { tabs: Tab[] }>(tabset: T): T => {
    const tabs = [...tabset.tabs.flatMap(({ id }) => current.get(id) ?? []), ...fresh];
    fresh = [];
    return { ...tabset, tabs };
  };
  const map = (node: TileModel['root']): TileModel['root'] =>
    (node.type === 'tabset' ? mapSet(node) : { ...node, children: node.children.map(map) }) as TileModel['root'];
  const { floating, maximizedTabsetId: _maximized, ...rest } = wide;
  return { ...rest, root: map(wide.root), ...(floating === undefined ? {} : { floating: floating.map(mapSet) }) };
}

/** The one place beside the terminals: the tile that panels share as tabs. Pure questions and answers about a layout. */
import { type Tab, type TileModel, tabsOf, tilesOf } from './workspace-model.ts';

export const DOCK_ID = 'dock';

/** A panel that is narrower cannot be used: an editor of 80 columns with its line numbers, a map of three nodes (CSS px). */
export const MIN_DOCK_WIDTH = 480;
/** What is left to the terminals then: 40 columns of the usual font (CSS px). */
const MIN_BESIDE_WIDTH = 320;
/** As narrow as one of several columns of terminals may be (CSS px); the tiles' own minimum. */
export const MIN_TILE_WIDTH = 180;
/** Lower than this neither a panel nor a terminal is of use above the other (CSS px). */
export const MIN_DOCK_HEIGHT = 220;
const MIN_ABOVE_HEIGHT = 200;
/** The share of a dock at the bottom until somebody sets another. */
export const BOTTOM_SHARE = '45%';

export interface Room {
  width: number;
  height: number;
}

/** Where the dock lies: right of the terminals, below them where they would be too narrow, or among them where both would be too low. */
export type DockSide = 'right' | 'bottom' | 'among';

const isDock = (node: TileModel['root']) => node.type === 'tabset' && node.id === DOCK_ID;

/** How many tiles lie side by side, the dock not counted. */
function columnsOf(node: TileModel['root']): number {
  if (node.type === 'tabset') return isDock(node) ? 0 : 1;
  const counts = node.children.map(columnsOf);
  return node.orientation === 'horizontal' ? counts.reduce((sum, count) => sum + count, 0) : Math.max(...counts);
}

export function sideFor({ width, height }: Room, model: TileModel): DockSide {
  const terminals = Math.max(MIN_BESIDE_WIDTH, columnsOf(model.root) * MIN_TILE_WIDTH);
  if (width - MIN_DOCK_WIDTH >= terminals) return 'right';
  return height >= MIN_DOCK_HEIGHT + MIN_ABOVE_HEIGHT && width >= MIN_DOCK_WIDTH ? 'bottom' : 'among';
}

export const dockOf = (model: TileModel) => tilesOf(model).find(({ id }) => id === DOCK_ID);

/** The split that holds the dock, and on which side of it the dock lies; null when the dock is alone or not there. */
export function dockSplitOf(model: TileModel): { id: string; side: 'right' | 'bottom'; size: unknown } | null {
  const walk = (node: TileModel['root']): ReturnType<typeof dockSplitOf> => {
    if (node.type === 'tabset') return null;
    const dock = node.children.find(isDock);
    if (dock === undefined) return node.children.map(walk).find((found) => found !== null) ?? null;
    return { id: node.id, side: node.orientation === 'horizontal' ? 'right' : 'bottom', size: dock.size };
  };
  return walk(model.root);
}

/** Whatever is not the dock, as tiles. */
export const terminalTilesOf = (model: TileModel) => tilesOf(model).filter(({ id }) => id !== DOCK_ID);

type Tileset = Extract<TileModel['root'], { type: 'tabset' }>;
const mapTiles = (node: TileModel['root'], change: (tile: Tileset) => Tileset): TileModel['root'] =>
  node.type === 'tabset' ? change(node) : { ...node, children: node.children.map((child) => mapTiles(child, change)) };

/** The layout in which the tile that holds `tabId` is the dock. */
export function asDock(model: TileModel, tabId: string): TileModel {
  const root = mapTiles(model.root, (tile) =>
    tile.tabs.some(({ id }) => id === tabId)
      ? { ...tile, id: DOCK_ID, minWidth: `${MIN_DOCK_WIDTH}px`, minHeight: `${MIN_DOCK_HEIGHT}px` }
      : tile,
  );
  return { ...model, root };
}

/** The layout in which every tile is as large as its neighbours; the dock keeps its size. */
export function evenly(model: TileModel): TileModel {
  const even = (node: TileModel['root']): TileModel['root'] => {
    if (node.type === 'tabset') return node;
    const dock = node.children.find(isDock);
    const rest = node.children.length - (dock === undefined ? 0 : 1);
    const taken = typeof dock?.size === 'number' ? dock.size : 0;
    const children = node.children.map((child) =>
      isDock(child) ? child : { ...even(child), size: (100 - taken) / Math.max(1, rest) },
    );
    return { ...node, children };
  };
  return { ...model, root: even(model.root) };
}

/** The panels that are open, wherever they lie. */
export const panelsOf = (model: TileModel): Tab[] => tabsOf(model).filter(({ data }) => data.kind !== 'terminal');

/** The form of a layout: what tabs hold and where they lie. */
import type { TabNode, WorkspaceImperativeHandle, WorkspaceModel } from 'react-resizable-panels';
import type { strings } from '../../strings.ts';

/** Panels of the whole session, each open at most once: those that have a name. */
export type SessionPanelKind = keyof (typeof strings)['workbench']['panels'];

export type TabData =
  /** `mine`: opened by this browser, which therefore sets its size. */
  | { kind: 'terminal'; node: string; mine: boolean }
  | { [K in SessionPanelKind]: { kind: K } }[SessionPanelKind]
  /** What a port answers, in a frame. */
  | { kind: 'preview'; node: string; port: number }
  /** A file in the editor. */
  | { kind: 'file'; node: string; path: string };

export interface LayoutStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export type Tab = TabNode<TabData>;
export type TileModel = WorkspaceModel<TabData>;
/** What is needed of the tiling library: a frame without tiles brings its own (embed/flat-tiles.ts). */
export type WorkspaceHandle = Pick<
  WorkspaceImperativeHandle<TabData>,
  | 'addTab'
  | 'closeTab'
  | 'getActiveTabsetId'
  | 'getModel'
  | 'maximizeTabset'
  | 'moveTab'
  | 'moveTabset'
  | 'resizeSplit'
  | 'restoreTabset'
  | 'selectTab'
  | 'setModel'
>;

export const EMPTY_MODEL: TileModel = { version: 1, root: { type: 'tabset', id: 'main', tabs: [] } };

/** All tabs of a model, in the order of the tiles. */
export function tabsOf(model: TileModel): Tab[] {
  const walk = (node: TileModel['root']): Tab[] =>
    node.type === 'tabset' ? node.tabs : node.children.flatMap((child) => walk(child));
  return [...walk(model.root), ...(model.floating ?? []).flatMap((tabset) => tabset.tabs)];
}

/** The tabs that can be seen: the front one of each tile, or of the tile that fills the window. */
export function visibleTabsOf(model: TileModel): Tab[] {
  const floating = new Set((model.floating ?? []).map(({ id }) => id));
  const { maximizedTabsetId: maximized } = model;
  return tilesOf(model)
    .filter(({ id }) => maximized === undefined || id === maximized || floating.has(id))
    .flatMap(({ tabs, selectedId }) => tabs.find(({ id }) => id === selectedId) ?? tabs[0] ?? []);
}

/** All tiles of a model, in order. */
export function tilesOf(model: TileModel): { id: string; tabs: Tab[]; selectedId?: string | undefined }[] {
  const walk = (node: TileModel['root']): { id: string; tabs: Tab[]; selectedId?: string | undefined }[] =>
    node.type === 'tabset' ? [node] : node.children.flatMap((child) => walk(child));
  return [...walk(model.root), ...(model.floating ?? [])];
}

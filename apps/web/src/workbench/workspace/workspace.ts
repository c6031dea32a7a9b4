/** Which tabs and tiles are shown and which one is active; the tiling library holds the layout, this keeps it in step and stored. */
import type { SessionId, TerminalView } from '@drydock/protocol';
import type { TabDropRegion } from 'react-resizable-panels';
import { createValue } from '../base/store.ts';
import { DOCK_ID, evenly, panelsOf, type Room, terminalTilesOf } from './dock.ts';
import { createDockPlace } from './dock-place.ts';
import { asOneTile, asTiles, type Direction, targetOf } from './workspace-arrange.ts';
import {
  EMPTY_MODEL,
  type LayoutStorage,
  type SessionPanelKind,
  type Tab,
  type TabData,
  type TileModel,
  tabsOf,
  tilesOf,
  type WorkspaceHandle,
} from './workspace-model.ts';

export type { LayoutStorage, SessionPanelKind, Tab, TabData, TileModel, WorkspaceHandle } from './workspace-model.ts';
export { EMPTY_MODEL, tabsOf, tilesOf, visibleTabsOf } from './workspace-model.ts';

const KEY_PREFIX = 'drydock.layout.';

export interface WorkspaceState {
  model: TileModel;
  /** The tab that keys and commands act on. */
  activeId: string | null;
  /** The node of that tab, or the last one: panels of the whole session have none. */
  node: string | null;
}

export interface AddOptions {
  select?: boolean;
  /** Beside the tile that holds `beside` (default: the active one) instead of in it. */
  region?: TabDropRegion | undefined;
  beside?: string | undefined;
}

export type WorkspaceController = ReturnType<typeof createWorkspace>;

/** `normalize` is the tiling library's own check of stored layouts; it drops tabs that the callback refuses. */
export function createWorkspace(sessionId: SessionId, storage: LayoutStorage | null) {
  const state = createValue<WorkspaceState>({ model: EMPTY_MODEL, activeId: null, node: null });
  let handle: WorkspaceHandle | null = null;
  /** Tabs whose terminal has ended and that stay until somebody closes them. */
  const ended = new Set<string>();
  /** The layout with its tiles, while a narrow window shows all tabs in one. */
  let wide: TileModel | null = null;
  /** Nodes on which this browser is opening terminals, and how many. */
  const opening = new Map<string, number>();
  /** Terminals that this browser opened to be looked at: whatever brings their tab, it is theirs to be in front. */
  const wanted = new Set<string>();
  /** Terminals that this browser opened and that the session's list has not named yet. */
  const unlisted = new Set<string>();
  /** Terminals that were closed here and that the session's list may still name. */
  const closed = new Set<string>();
  /** Tabs that were put away for a moment, and where they were. */
  const away = new Map<string, { tab: Tab; tabsetId: string; index: number }>();

  const model = () => handle?.getModel() ?? state.getState().model;
  const has = (id: string) => tabsOf(model()).some((tab) => tab.id === id);
  const tileOf = (id: string) => tilesOf(model()).find((tile) => tile.tabs.some((tab) => tab.id === id));

  function activeNow(): string | null {
    const tiles = tilesOf(model());
    const tile = tiles.find(({ id }) => id === handle?.getActiveTabsetId()) ?? tiles[0];
    return tile?.selectedId ?? tile?.tabs[0]?.id ?? null;
  }

  function set(next: TileModel, activeId: string | null): void {
    const data = tabsOf(next).find(({ id }) => id === activeId)?.data;
    state.set({ model: next, activeId, node: data && 'node' in data ? data.node : state.getState().node });
  }

  const dock = createDockPlace({ handle: () => handle, model, isOneTile: () => wide !== null, storage });

  function changed(next: TileModel): void {
    set(next, activeNow());
    if (wide === null) dock.changed(next);
    try {
      storage?.setItem(KEY_PREFIX + sessionId, JSON.stringify(wide === null ? next : asTiles(wide, next)));
    } catch {
      // A full storage costs the layout after a refresh, nothing else.
    }
  }

  /** Where a terminal goes by itself: to the active tile, but not over a panel while there are terminals elsewhere; never to the dock. */
  function tileFor(): string | undefined {
    const { activeId } = state.getState();
    const tiles = terminalTilesOf(model());
    const active = tiles.find(({ tabs }) => tabs.some(({ id }) => id === activeId));
    const isTerminal = active?.tabs.find(({ id }) => id === activeId)?.data.kind === 'terminal';
    if (isTerminal) return active?.id;
    return (tiles.find(({ tabs }) => tabs.some(({ data }) => data.kind === 'terminal')) ?? active ?? tiles[0])?.id;
  }

  function add(tab: Tab, { select = true, region, beside }: AddOptions = {}): void {
    const tabsetId = (beside === undefined ? undefined : tileOf(beside)?.id) ?? tileFor();
    if (select && tab.data.kind === 'terminal' && tab.data.mine) wanted.add(tab.id);
    if (has(tab.id)) {
      if (select) activate(tab.id);
      return;
    }
    const split = region !== undefined && tabsetId !== undefined && tabsOf(model()).length > 0;
    if (tabsetId === undefined && tabsOf(model()).length > 0) dock.addBesideDock(tab);
    else handle?.addTab(tab, split ? { target: { region, tabsetId } } : { select, ...(tabsetId ? { tabsetId } : {}) });
    if (select) activate(tab.id);
  }

  function activate(id: string): void {
    handle?.selectTab(id);
    if (has(id)) set(model(), id);
  }

  function remove(id: string): void {
    ended.delete(id);
    wanted.delete(id);
    unlisted.delete(id);
    handle?.closeTab(id);
  }

  return {
    getState: state.getState,
    subscribe: state.subscribe,
    /** The stored layout as it was saved, to be checked by the tiling library; null when there is none. */
    stored(): unknown {
      try {
        const text = storage?.getItem(KEY_PREFIX + sessionId) ?? null;
        return text === null ? null : JSON.parse(text);
      } catch {
        return null;
      }
    },
    bind(next: WorkspaceHandle | null): void {
      handle = next;
      if (next !== null) set(next.getModel(), activeNow());
    },
    changed,
    add,
    /**
     * Shows a terminal that this browser has just opened. Calls and facts come by two connections, so the answer may be here before
     * the session's list has the terminal: until it does, its absence there does not mean that it is gone.
     */
    addOpened(terminalId: string, node: string, options?: AddOptions): void {
      unlisted.add(terminalId);
      add({ id: terminalId, title: node, data: { kind: 'terminal', node, mine: true } }, options);
    },
    activate,
    remove,
    has,
    /** The node of a tab; undefined for panels of the whole session. */
    nodeOf(id: string): string | undefined {
      const data = tabsOf(model()).find((tab) => tab.id === id)?.data;
      return data !== undefined && 'node' in data ? data.node : undefined;
    },
    /** Takes a tab away in a way that `bringBack` undoes; false when there is none. Until then `sync` leaves its terminal alone. */
    putAway(id: string): boolean {
      const tile = tileOf(id);
      const index = tile?.tabs.findIndex((tab) => tab.id === id) ?? -1;
      const tab = tile?.tabs[index];
      if (tile === undefined || tab === undefined) return false;
      away.set(id, { tab, tabsetId: tile.id, index });
      handle?.closeTab(id);
      return true;
    },
    bringBack(id: string): void {
      const place = away.get(id);
      away.delete(id);
      if (place === undefined) return;
      const isThere = tilesOf(model()).some((tile) => tile.id === place.tabsetId);
      handle?.addTab(place.tab, isThere ? { tabsetId: place.tabsetId, index: place.index } : {});
      activate(id);
    },
    /** A terminal was closed: its tab goes, and stays away while the session's list still names it, which is told by another connection. */
    closed(id: string): void {
      away.delete(id);
      closed.add(id);
      remove(id);
    },
    /** Whose views are needed: of tabs that are there, and of those that may come back. */
    kept: () => new Set([...tabsOf(model()).map(({ id }) => id), ...away.keys()]),
    /** Shows a panel in the dock: its tab when it is open, else a new one; among the terminals where there is no room for a dock. */
    show(tab: Tab, beside = true): void {
      if (!has(tab.id) && !(beside && dock.add(tab))) handle?.addTab(tab, { select: true });
      activate(tab.id);
    },
    /** Closes the panels of the whole session that are not among `kinds`; nothing is lost by it. */
    keepPanels(kinds: readonly SessionPanelKind[]): void {
      for (const { id, data } of panelsOf(model())) {
        const hasWork = data.kind === 'file' || data.kind === 'preview';
        if (!hasWork && data.kind !== 'terminal' && !kinds.includes(data.kind)) remove(id);
      }
    },
    /** The tiles were drawn, or have another size. */
    resized: (room: Room) => dock.resized(room),
    isDock: (tabsetId: string) => tabsetId === DOCK_ID,
    /** Makes every tile as large as its neighbours. */
    tileEvenly(): void {
      handle?.setModel(evenly(model()));
    },
    /** Gives a tab another title and other data; it stays where it is. */
    change(id: string, title: string, data: TabData): void {
      const mapSet = (tabset: { tabs: Tab[] }) => ({
        ...tabset,
        tabs: tabset.tabs.map((tab) => (tab.id === id ? { ...tab, title, data } : tab)),
      });
      const map = (node: TileModel['root']): TileModel['root'] =>
        (node.type === 'tabset' ? mapSet(node) : { ...node, children: node.children.map(map) }) as TileModel['root'];
      const now = model();
      const floating = now.floating?.map(mapSet) as TileModel['floating'];
      handle?.setModel({ ...now, root: map(now.root), ...(floating === undefined ? {} : { floating }) });
    },
    /** Focus went into a tab's content. */
    focused(id: string): void {
      if (state.getState().activeId !== id && has(id)) set(model(), id);
    },
    /** Keeps the tab of a terminal whose shell has ended, so that its last screen can be read. */
    keepEnded(id: string): void {
      ended.add(id);
      unlisted.delete(id);
    },
    isEnded: (id: string) => ended.has(id),
    /**
     * Leaves new terminals of a node to whoever is opening one there: the fact that it exists may come before the answer that
     * says where it belongs. The function that is returned ends that; `sync` then takes up the others.
     */
    expectTerminal(node: string): () => void {
      opening.set(node, (opening.get(node) ?? 0) + 1);
      return () => void opening.set(node, (opening.get(node) ?? 1) - 1);
    },
    /**
     * Brings tabs in line with the session's terminals: new ones appear without taking the focus, lost ones go, unless the list
     * is not complete (`isComplete`): a tab holds what was typed and not sent.
     */
    sync(
      terminals: readonly TerminalView[],
      { isComplete, titleOf }: { isComplete: boolean; titleOf: (terminal: TerminalView) => string },
    ): void {
      const known = new Map(terminals.map((terminal) => [terminal.terminalId, terminal]));
      for (const id of known.keys()) unlisted.delete(id);
      for (const id of isComplete ? [...closed, ...away.keys()] : []) {
        if (known.has(id)) continue;
        closed.delete(id);
        away.delete(id);
      }
      const mayLive = (id: string) => known.has(id) || ended.has(id) || unlisted.has(id);
      for (const tab of isComplete ? tabsOf(model()) : []) {
        if (tab.data.kind === 'terminal' && !mayLive(tab.id)) remove(tab.id);
      }
      for (const terminal of terminals) {
        const { terminalId: id, node } = terminal;
        if (has(id) || away.has(id) || closed.has(id) || opening.get(node)) continue;
        const mine = wanted.has(id);
        add({ id, title: titleOf(terminal), data: { kind: 'terminal', node, mine } }, { select: mine });
      }
    },
    /** Removes every tab of a node that is gone. */
    removeNode(node: string): void {
      for (const tab of tabsOf(model())) {
        if ('node' in tab.data && tab.data.node === node) remove(tab.id);
      }
    },
    /** The neighbour of the active tab in its tile (`tabs`), or the next tile's tab (`tiles`); wraps around. */
    step(among: 'tabs' | 'tiles', by: 1 | -1): void {
      const { activeId } = state.getState();
      const tile = activeId === null ? undefined : tileOf(activeId);
      if (tile === undefined || activeId === null) return;
      if (among === 'tabs') {
        const index = tile.tabs.findIndex((tab) => tab.id === activeId);
        const next = tile.tabs.at((index + by) % tile.tabs.length);
        if (next) activate(next.id);
        return;
      }
      const tiles = tilesOf(model()).filter(({ tabs }) => tabs.length > 0);
      const next = tiles.at((tiles.findIndex(({ id }) => id === tile.id) + by) % tiles.length);
      const id = next?.selectedId ?? next?.tabs[0]?.id;
      if (id) activate(id);
    },
    /** Moves the active tab one step, by keys what a drag does by mouse. */
    move(direction: Direction): void {
      const { activeId } = state.getState();
      const target = activeId === null ? null : targetOf(model(), activeId, direction);
      if (activeId === null || target === null) return;
      handle?.moveTab(activeId, target);
      activate(activeId);
    },
    /** On a narrow window all tabs share one tile; the tiles come back when it is wide again. */
    narrow(isNarrow: boolean): void {
      if (isNarrow === (wide !== null) || handle === null) return;
      const { activeId } = state.getState();
      const now = model();
      const next = wide === null ? asOneTile(now, activeId) : asTiles(wide, now);
      wide = isNarrow ? now : null;
      handle.setModel(next);
      if (activeId !== null) activate(activeId);
    },
    /** Fills the window with the active tile, or shows all tiles again. */
    toggleMaximized(): void {
      const { activeId } = state.getState();
      const tile = activeId === null ? undefined : tileOf(activeId);
      if (model().maximizedTabsetId !== undefined) handle?.restoreTabset();
      else if (tile) handle?.maximizeTabset(tile.id);
    },
  };
}

/** Keeps the dock where it has room, and as wide as it was left. */
import {
  asDock,
  BOTTOM_SHARE,
  DOCK_ID,
  type DockSide,
  dockOf,
  dockSplitOf,
  MIN_DOCK_WIDTH,
  type Room,
  sideFor,
} from './dock.ts';
import type { LayoutStorage, Tab, TileModel, WorkspaceHandle } from './workspace-model.ts';

/** Of all sessions in this browser: how wide a person likes the dock (CSS px). */
const KEY = 'drydock.dock-width';
/** Until somebody drags it: an editor of 80 columns, or a swarm of three nodes (CSS px). */
const USUAL_WIDTH = 560;

interface DockPlaceDeps {
  handle(): WorkspaceHandle | null;
  model(): TileModel;
  /** Whether the window is so narrow that all tabs share one tile. */
  isOneTile(): boolean;
  storage: LayoutStorage | null;
}

export function createDockPlace({ handle, model, isOneTile, storage }: DockPlaceDeps) {
  /** What the tiles have; unknown until they are drawn. */
  let room: Room = { width: 0, height: 0 };
  let width = stored();

  function stored(): number {
    try {
      const value = Number(storage?.getItem(KEY));
      return Number.isFinite(value) && value >= MIN_DOCK_WIDTH ? value : USUAL_WIDTH;
    } catch {
      return USUAL_WIDTH;
    }
  }

  const side = (): DockSide => (isOneTile() ? 'among' : sideFor(room, model()));
  const sizeAt = (at: DockSide) => (at === 'right' ? `${width}px` : BOTTOM_SHARE);

  return {
    side,
    /** Adds a panel to the dock, and makes the dock with the first; false where there is none and no room for one. */
    add(tab: Tab): boolean {
      const tiles = handle();
      if (tiles === null) return false;
      const dock = dockOf(model());
      if (dock !== undefined) return tiles.addTab(tab, { tabsetId: dock.id, select: true });
      const at = side();
      if (at === 'among') return false;
      const added = tiles.addTab(tab, { target: { edge: at }, size: sizeAt(at) });
      if (added) tiles.setModel(asDock(model(), tab.id));
      return added;
    },
    /** Where a terminal goes while the dock is alone: to its other side. */
    addBesideDock(tab: Tab): void {
      const at = side();
      handle()?.addTab(
        tab,
        at === 'among' ? { tabsetId: DOCK_ID } : { target: { edge: at === 'right' ? 'left' : 'top' } },
      );
      const split = dockSplitOf(model());
      if (split !== null) handle()?.resizeSplit(split.id, { [DOCK_ID]: sizeAt(split.side) });
    },
    /** The tiles have another size: the dock goes to the other side when this one has become too small. */
    resized(next: Room): void {
      room = next;
      const split = dockSplitOf(model());
      const wanted = side();
      if (split === null || wanted === 'among' || split.side === wanted) return;
      handle()?.moveTabset(DOCK_ID, { edge: wanted });
      const moved = dockSplitOf(model());
      if (moved !== null) handle()?.resizeSplit(moved.id, { [DOCK_ID]: sizeAt(wanted) });
    },
    /** The layout has changed: a dock that was dragged to another width has it the next time too. */
    changed(next: TileModel): void {
      const split = dockSplitOf(next);
      if (split?.side !== 'right' || typeof split.size !== 'number' || room.width === 0) return;
      const now = Math.round((split.size / 100) * room.width);
      if (now < MIN_DOCK_WIDTH || now === width) return;
      width = now;
      try {
        storage?.setItem(KEY, String(width));
      } catch {
        // A full storage costs the width in the next session, nothing else.
      }
    },
  };
}

/** One tile for all tabs: what the workspace needs of a tiling library, for a frame too small for tiles. */
import { EMPTY_MODEL, type Tab, type TileModel, tilesOf, type WorkspaceHandle } from '../workspace/workspace-model.ts';

const TILE = 'main';

/** Builds it empty; `onChange` hears each new layout. */
export function createFlatTiles(onChange: (model: TileModel) => void): WorkspaceHandle {
  let model: TileModel = EMPTY_MODEL;

  function show(tabs: readonly Tab[], selectedId: string | undefined): void {
    model = {
      version: 1,
      root: { type: 'tabset', id: TILE, tabs: [...tabs], ...(selectedId === undefined ? {} : { selectedId }) },
    };
    onChange(model);
  }
  const tile = () => tilesOf(model)[0] ?? { id: TILE, tabs: [] };

  return {
    getModel: () => model,
    getActiveTabsetId: () => TILE,
    addTab(tab, { select } = {}) {
      const { tabs, selectedId } = tile();
      if (tabs.some(({ id }) => id === tab.id)) return false;
      show([...tabs, tab], select || selectedId === undefined ? tab.id : selectedId);
      return true;
    },
    closeTab(id) {
      const { tabs, selectedId } = tile();
      const at = tabs.findIndex((tab) => tab.id === id);
      if (at < 0) return;
      const left = tabs.filter((tab) => tab.id !== id);
      show(left, selectedId === id ? left[Math.min(at, left.length - 1)]?.id : selectedId);
    },
    selectTab(id) {
      const { tabs, selectedId } = tile();
      if (selectedId !== id && tabs.some((tab) => tab.id === id)) show(tabs, id);
    },
    setModel(next) {
      show(
        tilesOf(next as TileModel).flatMap(({ tabs }) => tabs),
        tilesOf(next as TileModel)[0]?.selectedId,
      );
      return model;
    },
    // One tile does not move, split or fill more than it does.
    moveTab: () => false,
    moveTabset: () => false,
    resizeSplit: () => undefined,
    maximizeTabset: () => undefined,
    restoreTabset: () => undefined,
  };
}

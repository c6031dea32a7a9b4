/** A workspace of one tile, without React. */
import type { Tab, TileModel, WorkspaceHandle } from '../workspace/workspace.ts';

/** One tile of tabs, with the calls of the tiling library that the workspace makes. */
export function oneTile(): WorkspaceHandle {
  const tabs: Tab[] = [];
  let selectedId: string | undefined;
  const handle = {
    getModel: (): TileModel => ({
      version: 1,
      root: { type: 'tabset', id: 'main', tabs: [...tabs], ...(selectedId === undefined ? {} : { selectedId }) },
    }),
    getActiveTabsetId: () => 'main',
    addTab: (tab: Tab, { select = true, index = tabs.length }: { select?: boolean; index?: number } = {}) => {
      tabs.splice(index, 0, tab);
      if (select) selectedId = tab.id;
    },
    closeTab: (id: string) => {
      const at = tabs.findIndex((tab) => tab.id === id);
      if (at < 0) return;
      tabs.splice(at, 1);
      if (selectedId === id) selectedId = tabs[0]?.id;
    },
    selectTab: (id: string) => {
      selectedId = id;
    },
  };
  return handle as unknown as WorkspaceHandle;
}

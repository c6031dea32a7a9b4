/** A terminal for each node of an embedded session, opened as its node comes; texts of the page wait for theirs. */
import type { WorkbenchActions } from '../session/workbench-actions.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';

/** A node that is not there after this time (ms) will not come: its maker gives up earlier. */
const NODE_MS = 60_000;

export interface NodeTerminalsDeps {
  store: WorkbenchStore;
  actions: Pick<WorkbenchActions, 'openTerminal'>;
  /** Whether this frame opens them; one that came into another's session shows what is there. */
  opens: boolean;
}

export type NodeTerminals = ReturnType<typeof createNodeTerminals>;

export function createNodeTerminals({ store, actions, opens }: NodeTerminalsDeps) {
  const opening = new Map<string, Promise<void>>();

  function look(): void {
    const { connection, data } = store.getState();
    if (!opens || connection.kind !== 'online' || data === null || data.terminalsPending) return;
    for (const { name } of data.session.nodes) {
      if (opening.has(name)) continue;
      const isFirst = opening.size === 0;
      const hasOne = data.terminals.some(({ node }) => node === name);
      opening.set(name, hasOne ? Promise.resolve() : actions.openTerminal(name, { select: isFirst }));
    }
  }
  const stop = store.subscribe(look);
  look();

  return {
    /** Resolves when the node is there and the terminal that it begins with too; false when it does not come. */
    async ready(node: string | undefined): Promise<boolean> {
      const find = () => {
        const { session, terminals = [] } = store.getState().data ?? {};
        const found = (session?.nodes ?? []).find(({ name }) => node === undefined || name === node);
        // Who opens none waits for the one that another frame opens: a second would be nobody's wish.
        return opens || terminals.some((one) => one.node === found?.name) ? found : undefined;
      };
      const found = await new Promise<string | null>((resolve) => {
        const check = () => {
          const name = find()?.name;
          if (name !== undefined) finish(name);
          else if (store.getState().connection.kind === 'ended') finish(null);
        };
        const timer = setTimeout(() => finish(null), NODE_MS);
        const unsubscribe = store.subscribe(check);
        function finish(name: string | null): void {
          clearTimeout(timer);
          unsubscribe();
          resolve(name);
        }
        check();
      });
      if (found === null) return false;
      await opening.get(found);
      return true;
    },
    dispose: stop,
  };
}

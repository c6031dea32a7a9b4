/** Tells the page around a frame how its session stands: nodes, ports and a lab's step. What terminals show is never among it. */
import type { EmbedNews } from '@drydock/protocol';
import type { WorkbenchData, WorkbenchState, WorkbenchStore } from '../session/workbench-store.ts';

/** What one message may list (embed-frame.ts). */
const MAX_PORTS = 256;
const MAX_NODES = 16;

function stateOf({ connection, data }: WorkbenchState): EmbedNews | null {
  if (connection.kind === 'offline') return { type: 'state', state: 'reconnecting' };
  if (connection.kind !== 'online' || data === null) return null;
  const { nodes } = data.session;
  const isReady = nodes.length > 0 && nodes.every(({ state }) => state !== 'creating');
  return isReady ? { type: 'state', state: 'ready', nodes: nodes.slice(0, MAX_NODES).map(({ name }) => name) } : null;
}

function portsOf({ ports }: WorkbenchData): EmbedNews {
  const all = Object.entries(ports).flatMap(([node, open]) =>
    open.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => ({ node, port })),
  );
  return { type: 'ports', ports: all.slice(0, MAX_PORTS) };
}

function stepOf({ lab }: WorkbenchData): EmbedNews | null {
  const at = lab?.steps.findIndex(({ id }) => id === lab.step) ?? -1;
  if (lab === null || at < 0) return null;
  const done = lab.steps.every(({ doneAt }) => doneAt !== undefined);
  return { type: 'step', step: at + 1, steps: lab.steps.length, done };
}

export interface SessionNewsDeps {
  store: Pick<WorkbenchStore, 'getState' | 'subscribe'>;
  send(news: EmbedNews): void;
}

/** Sends each piece of news once, when it is another than the last; returns how to stop. */
export function watchNews({ store, send }: SessionNewsDeps): () => void {
  const last = new Map<string, string>([['ports', JSON.stringify({ type: 'ports', ports: [] })]]);
  function look(): void {
    const state = store.getState();
    const all = [stateOf(state), ...(state.data === null ? [] : [portsOf(state.data), stepOf(state.data)])];
    for (const news of all) {
      if (news === null) continue;
      const text = JSON.stringify(news);
      if (last.get(news.type) === text) continue;
      last.set(news.type, text);
      send(news);
    }
  }
  look();
  return store.subscribe(look);
}

import { type NodeView, type SessionSnapshot, sessionIdSchema, type TerminalView } from '@drydock/protocol';
import { beforeEach, expect, test } from 'vitest';
import { createNotices } from '../base/notices.ts';
import { oneTile } from '../testing/one-tile.ts';
import { createWorkspace, tabsOf } from '../workspace/workspace.ts';
import { createWorkbenchActions } from './workbench-actions.ts';
import { createWorkbenchStore } from './workbench-store.ts';

const limits = { cpus: 1, memoryBytes: 1024 ** 3, diskBytes: 1024 ** 3, pids: 100 };

function node(name: string): NodeView {
  return {
    name,
    state: 'running',
    ip: '192.168.0.11',
    dockerReady: true,
    limits,
    usage: null,
    ports: [],
    createdAt: 1,
    swarm: { role: 'none', leader: false },
  };
}

const terminal = (terminalId: string, of: string): TerminalView => ({
  terminalId,
  node: of,
  cols: 80,
  rows: 24,
  createdAt: 1,
});

const snapshot: SessionSnapshot = {
  seq: 1,
  right: 'owner',
  ports: {},
  people: [],
  swarm: { view: null, problem: null },
  terminals: [terminal('t1', 'node1')],
  session: {
    id: sessionIdSchema.parse('abcdefgh'),
    name: null,
    state: 'active',
    createdAt: 0,
    expiresAt: 100_000,
    now: 5000,
    limits: { nodes: 8, node: limits },
    nodes: [node('node1'), node('node2')],
    features: null,
    template: null,
  },
};

/** A page on a session of two nodes with a terminal of the first in front; `opened` is the answer to the next call. */
function createPage() {
  const store = createWorkbenchStore(() => 0);
  store.snapshot(snapshot);
  const workspace = createWorkspace(sessionIdSchema.parse('abcdefgh'), null);
  const handle = oneTile();
  workspace.bind(handle);
  const sync = () => {
    const { terminals = [] } = store.getState().data ?? {};
    workspace.sync(terminals, { isComplete: true, titleOf: ({ terminalId }) => terminalId });
  };
  store.onChange(sync);
  sync();
  workspace.activate('t1');
  let answer: (terminalId: string) => void = () => {};
  const answered = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const call = async () => ({ terminalId: await answered, offset: 0 }) as never;
  const actions = createWorkbenchActions({
    sessionId: sessionIdSchema.parse('abcdefgh'),
    token: null,
    store,
    workspace,
    notices: createNotices(),
    link: { call },
    syncWorkspace: sync,
    onLeave: () => {},
  });
  return { store, workspace, handle, actions, answer };
}

let page: ReturnType<typeof createPage>;
beforeEach(() => {
  page = createPage();
});

const front = () => ({
  active: page.workspace.getState().activeId,
  tabs: tabsOf(page.handle.getModel()).map(({ id, data }) => [id, data.kind === 'terminal' && data.mine]),
});
const nowInFront = {
  active: 't2',
  tabs: [
    ['t1', false],
    ['t2', true],
  ],
};

// Calls and facts come by two connections: either may be first.
test('a terminal that is opened comes to the front when its answer overtakes the fact that it exists', async () => {
  const opened = page.actions.openTerminal('node2');
  page.answer('t2');
  await opened;
  page.store.change({ seq: 2, change: { kind: 'terminal', terminal: terminal('t2', 'node2') } });
  expect(front()).toEqual(nowInFront);
});

test('a terminal that is opened comes to the front when the fact overtakes the answer', async () => {
  const opened = page.actions.openTerminal('node2');
  page.store.change({ seq: 2, change: { kind: 'terminal', terminal: terminal('t2', 'node2') } });
  page.answer('t2');
  await opened;
  expect(front()).toEqual(nowInFront);
});

import { sessionIdSchema, type TerminalView } from '@drydock/protocol';
import { beforeEach, expect, test } from 'vitest';
import { oneTile } from '../testing/one-tile.ts';
import { createWorkspace, type Tab, tabsOf, type WorkspaceHandle } from './workspace.ts';

const terminal = (terminalId: string): TerminalView => ({
  terminalId,
  node: 'node1',
  cols: 80,
  rows: 24,
  createdAt: 1,
});
const titleOf = ({ terminalId }: TerminalView) => terminalId;

let workspace: ReturnType<typeof createWorkspace>;
let handle: WorkspaceHandle;
const shown = () => tabsOf(handle.getModel()).map(({ id }) => id);

beforeEach(() => {
  workspace = createWorkspace(sessionIdSchema.parse('abcdefgh'), null);
  handle = oneTile();
  workspace.bind(handle);
  workspace.sync([terminal('t1'), terminal('t2')], { isComplete: true, titleOf });
});

test('new terminals get a tab, lost ones lose theirs', () => {
  workspace.sync([terminal('t2'), terminal('t3')], { isComplete: true, titleOf });
  expect(shown()).toEqual(['t2', 't3']);
});

test('T-10, T-15: while terminals may live that are not listed no tab goes, since with it went what was typed', () => {
  workspace.sync([terminal('t3')], { isComplete: false, titleOf });
  expect(shown()).toEqual(['t1', 't2', 't3']);
});

test('a terminal that was opened here while the tiles were away is in front when they are back', () => {
  workspace.bind(null);
  workspace.add({ id: 't3', title: 't3', data: { kind: 'terminal', node: 'node1', mine: true } });
  workspace.bind(handle);
  workspace.sync([terminal('t1'), terminal('t2'), terminal('t3'), terminal('t4')], { isComplete: true, titleOf });
  expect(shown()).toEqual(['t1', 't2', 't3', 't4']);
  expect(workspace.getState().activeId).toBe('t3');
});

test('a terminal that was opened here stays in front when the answer comes before the fact that it exists', () => {
  workspace.activate('t1');
  workspace.addOpened('t3', 'node2');
  workspace.sync([terminal('t1'), terminal('t2')], { isComplete: true, titleOf });
  workspace.sync([terminal('t1'), terminal('t2'), terminal('t3')], { isComplete: true, titleOf });
  expect(shown()).toEqual(['t1', 't2', 't3']);
  expect(workspace.getState().activeId).toBe('t3');
  expect(tabsOf(handle.getModel()).at(-1)?.data).toEqual({ kind: 'terminal', node: 'node2', mine: true });
});

test('a terminal that was opened here goes like any other once the session has named it', () => {
  workspace.addOpened('t3', 'node2');
  workspace.sync([terminal('t1'), terminal('t3')], { isComplete: true, titleOf });
  workspace.sync([terminal('t1')], { isComplete: true, titleOf });
  expect(shown()).toEqual(['t1']);
});

test('a tab that is put away stays away, comes back where it was, and is forgotten with its terminal', () => {
  const both = [terminal('t1'), terminal('t2')];
  workspace.putAway('t1');
  workspace.sync(both, { isComplete: true, titleOf });
  expect(shown()).toEqual(['t2']);
  expect(workspace.kept()).toEqual(new Set(['t1', 't2']));
  workspace.bringBack('t1');
  expect([shown(), workspace.getState().activeId]).toEqual([['t1', 't2'], 't1']);
  workspace.putAway('t1');
  workspace.sync([terminal('t2')], { isComplete: true, titleOf });
  workspace.bringBack('t1');
  expect(shown()).toEqual(['t2']);
});

test('a terminal that was closed here stays away while the list still names it', () => {
  workspace.closed('t1');
  workspace.sync([terminal('t1'), terminal('t2')], { isComplete: true, titleOf });
  expect(shown()).toEqual(['t2']);
});

test('an ended terminal keeps its tab', () => {
  workspace.keepEnded('t1');
  workspace.sync([terminal('t2')], { isComplete: true, titleOf });
  expect(shown()).toEqual(['t1', 't2']);
});

test('a panel opens in the dock, once; a terminal that comes then does not cover it', () => {
  const asked: object[] = [];
  const terminals = {
    type: 'tabset',
    id: 'left',
    tabs: [{ id: 't1', title: '', data: { kind: 'terminal', node: 'node1', mine: true } }],
  };
  const swarm = { id: 'swarm', title: 'Swarm', data: { kind: 'swarm' } } as const;
  let tiles: object[] = [terminals];
  const two = {
    getModel: () => ({ version: 1, root: { type: 'split', id: 'root', orientation: 'horizontal', children: tiles } }),
    getActiveTabsetId: () => undefined,
    selectTab: () => {},
    setModel: (next: object) => void asked.push(next),
    addTab: (tab: Tab, options: object) => {
      asked.push({ id: tab.id, ...options });
      if (tab.id === 'swarm') tiles = [terminals, { type: 'tabset', id: 'new', tabs: [swarm] }];
      return true;
    },
  } as unknown as WorkspaceHandle;
  workspace.bind(two);
  workspace.resized({ width: 1000, height: 700 });
  workspace.activate('t1');
  workspace.show(swarm);
  expect(asked).toMatchObject([
    { id: 'swarm', target: { edge: 'right' }, size: '560px' },
    { root: { children: [{ id: 'left' }, { id: 'dock', minWidth: '480px' }] } },
  ]);
  tiles = [terminals, { type: 'tabset', id: 'dock', tabs: [swarm] }];
  workspace.show(swarm);
  workspace.add({ id: 't2', title: '', data: { kind: 'terminal', node: 'node1', mine: true } });
  workspace.show({ id: 'timeline', title: 'Timeline', data: { kind: 'timeline' } });
  expect(asked.slice(2)).toEqual([
    { id: 't2', select: true, tabsetId: 'left' },
    { id: 'timeline', select: true, tabsetId: 'dock' },
  ]);
});

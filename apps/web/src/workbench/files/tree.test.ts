import { describe, expect, it } from 'vitest';
import { createMemoryFiles } from './memory.ts';
import { createFilesTree, rowsOf, SHOWN_ENTRIES, type TreeRow } from './tree.ts';
import { treeMove, typeAhead } from './tree-keys.ts';

function line(row: TreeRow): string {
  const indent = '  '.repeat(row.level - 1);
  if (row.kind === 'more') return `${indent}(${row.hidden} more)`;
  if (row.kind === 'note') return `${indent}(${row.note})`;
  return `${indent}${row.isFolder ? (row.isOpen ? 'v ' : '> ') : ''}${row.entry.name}`;
}

function start() {
  const api = createMemoryFiles();
  api.put('/root/b10', '');
  api.put('/root/b9', '');
  api.put('/root/app/compose.yaml', 'x');
  api.put('/root/app/web/index.html', 'x');
  api.put('/root/.drydock-upload-01.part', 'x');
  const tree = createFilesTree(api);
  const lines = () => rowsOf(tree.getState()).map(line);
  return { api, tree, lines };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('the tree', () => {
  it('begins at /root, folders first, numbers by value, without parts of uploads', async () => {
    const { tree, lines } = start();
    tree.showNode('node1');
    expect(lines()).toEqual(['(loading)']);
    await settled();
    expect(lines()).toEqual(['> app', 'b9', 'b10']);
  });

  it('lists a folder when it is opened, not before', async () => {
    const { api, tree, lines } = start();
    tree.showNode('node1');
    await settled();
    expect(api.calls).toEqual(['list /root']);
    await tree.openFolder('/root/app');
    expect(lines()).toEqual(['v app', '  > web', '  compose.yaml', 'b9', 'b10']);
    expect(api.calls).toEqual(['list /root', 'list /root/app']);
    tree.choose('/root/app/compose.yaml');
    tree.closeFolder('/root/app');
    expect(tree.getState().chosen).toBe('/root/app');
  });

  it('shows what changed after a refresh, and what was there until then', async () => {
    const { api, tree, lines } = start();
    tree.showNode('node1');
    await tree.openFolder('/root/app');
    await settled();
    api.put('/root/app/new', '');
    const release = api.hold();
    const refreshed = tree.refresh();
    expect(lines()).toContain('  compose.yaml');
    release();
    await refreshed;
    expect(lines()).toContain('  new');
  });

  it('keeps each node its own view, and takes an answer that comes late to the right one', async () => {
    const { api, tree, lines } = start();
    const release = api.hold();
    tree.showNode('node1');
    tree.showNode('node2');
    release();
    await settled();
    await tree.openFolder('/root/app');
    tree.showNode('node1');
    expect(lines()).toEqual(['> app', 'b9', 'b10']);
    tree.showNode('node2');
    expect(lines()[0]).toBe('v app');
  });

  it('says what could not be listed, and an empty folder is empty', async () => {
    const { api, tree, lines } = start();
    api.makeFolder('/root/none');
    tree.showNode('node1');
    await tree.openFolder('/root/none');
    expect(lines()).toContain('  (empty)');
    tree.setRoot('/gone');
    await settled();
    expect(lines()).toEqual(['(failed)']);
  });

  it('shows a large folder in parts', async () => {
    const { api, tree, lines } = start();
    for (let index = 0; index < SHOWN_ENTRIES + 10; index += 1) api.put(`/big/${index}`, '');
    tree.showNode('node1');
    tree.setRoot('/big');
    await settled();
    expect(lines()).toHaveLength(SHOWN_ENTRIES + 1);
    expect(lines().at(-1)).toBe('(10 more)');
    tree.showMore('/big');
    expect(lines()).toHaveLength(SHOWN_ENTRIES + 10);
  });

  it('keeps open folders and the choice over a rename', async () => {
    const { api, tree, lines } = start();
    tree.showNode('node1');
    await tree.openFolder('/root/app');
    tree.choose('/root/app/compose.yaml');
    await api.move('node1', '/root/app', '/root/site');
    tree.moved('node1', '/root/app', '/root/site');
    await tree.changed('node1', '/root');
    await settled();
    expect(lines().slice(0, 3)).toEqual(['v site', '  > web', '  compose.yaml']);
    expect(tree.getState().chosen).toBe('/root/site/compose.yaml');
    expect(tree.targetFolder()).toBe('/root/site');
  });
});

describe('keys in the tree', () => {
  it('walk, open and close as the tree view pattern says', async () => {
    const { tree } = start();
    tree.showNode('node1');
    await tree.openFolder('/root/app');
    const rows = () => rowsOf(tree.getState());
    const move = (chosen: string | null, key: string) => treeMove(rows(), chosen, key);
    expect(move('/root/app', 'ArrowDown')).toEqual({ kind: 'choose', path: '/root/app/web' });
    expect(move('/root/app', 'ArrowRight')).toEqual({ kind: 'choose', path: '/root/app/web' });
    expect(move('/root/app/web', 'ArrowRight')).toEqual({ kind: 'open', path: '/root/app/web' });
    expect(move('/root/app/compose.yaml', 'ArrowRight')).toBeNull();
    expect(move('/root/app/compose.yaml', 'ArrowLeft')).toEqual({ kind: 'choose', path: '/root/app' });
    expect(move('/root/app', 'ArrowLeft')).toEqual({ kind: 'close', path: '/root/app' });
    expect(move('/root/b9', 'End')).toEqual({ kind: 'choose', path: '/root/b10' });
    expect(move('/root/b9', 'Home')).toEqual({ kind: 'choose', path: '/root/app' });
    expect(move('/root/b10', 'ArrowDown')).toBeNull();
    expect(move('/root/b10', 'Enter')).toEqual({ kind: 'activate', path: '/root/b10' });
    expect(move(null, 'Enter')).toBeNull();
  });

  it('find names by their first letters, and go on to the next of a kind', async () => {
    const { tree } = start();
    tree.showNode('node1');
    await settled();
    const rows = rowsOf(tree.getState());
    expect(typeAhead(rows, '/root/app', 'b')).toBe('/root/b9');
    expect(typeAhead(rows, '/root/b9', 'b')).toBe('/root/b10');
    expect(typeAhead(rows, '/root/b9', 'b1')).toBe('/root/b10');
    expect(typeAhead(rows, '/root/b10', 'A')).toBe('/root/app');
    expect(typeAhead(rows, '/root/b10', 'zz')).toBeNull();
  });
});

import { ApiError, PIECE_BYTES } from '@drydock/client';
import { describe, expect, it } from 'vitest';
import { createMemoryFiles } from './memory.ts';
import { createTransfers, type UploadItem } from './transfers.ts';

const file = (name: string, content: string | Uint8Array<ArrayBuffer> = name): UploadItem => ({
  name,
  kind: 'file',
  files: [{ path: name, blob: new Blob([content]) }],
  folders: [],
});

/** `wait`: how long it waits after the nth hiccup (ms). */
function start({ wait = (_attempt: number): number => 1 } = {}) {
  const api = createMemoryFiles();
  const changed: string[] = [];
  let ids = 0;
  const transfers = createTransfers({
    api,
    onChanged: (_node, folder) => changed.push(folder),
    newId: () => `upload-0${++ids}`,
    wait,
  });
  const states = () => transfers.getState().map(({ name, state }) => `${name} ${state.kind}`);
  return { api, transfers, states, changed };
}

describe('an upload', () => {
  it('puts files and folders there, also empty ones, and says so', async () => {
    const { api, transfers, states, changed } = start();
    const files = [
      { path: 'a.txt', blob: new Blob(['one']) },
      { path: 'sub/-b\n"c"', blob: new Blob(['two']) },
    ];
    transfers.add('node1', '/root', [file('x'), { name: 'dir', kind: 'folder', files, folders: ['sub', 'void'] }]);
    await expect.poll(states).toEqual(['x done', 'dir done']);
    expect(api.text('/root/x')).toBe('x');
    expect(api.text('/root/dir/sub/-b\n"c"')).toBe('two');
    expect((await api.list('node1', '/root/dir')).entries.map(({ name }) => name)).toEqual(['a.txt', 'sub', 'void']);
    expect(changed).toContain('/root');
    expect(transfers.getState()[1]).toMatchObject({ filesDone: 2, files: 2, sent: 6, bytes: 6 });
  });

  it('goes in pieces, and after a hiccup goes on where it was', async () => {
    const { api, transfers, states } = start();
    const content = new Uint8Array(PIECE_BYTES * 2 + 10).map((_, index) => index % 251);
    const open = api.hold();
    transfers.add('node1', '/root', [file('big', content)]);
    // The second piece breaks off half-way, then there is no connection for a while.
    api.failWrites(null, 'network', 'network', 'network');
    open();
    await expect.poll(states, { timeout: 5000 }).toEqual(['big done']);
    const { bytes } = (await api.read('node1', '/root/big', 1e9)) as { bytes: Uint8Array };
    expect(Buffer.from(bytes).equals(content)).toBe(true);
    const second = `write /root/big from ${PIECE_BYTES}`;
    expect(api.calls.filter((call) => call.startsWith('write'))).toEqual([
      ...['write /root/big from 0', second, second, second, second, `write /root/big from ${PIECE_BYTES * 2}`],
    ]);
  });

  it('asks before it takes the place of something', async () => {
    const { api, transfers, states } = start();
    api.put('/root/x', 'theirs');
    api.put('/root/dir/old', 'stays');
    const dir: UploadItem = {
      name: 'dir',
      kind: 'folder',
      files: [{ path: 'new', blob: new Blob(['n']) }],
      folders: [],
    };
    transfers.add('node1', '/root', [file('x', 'mine'), dir]);
    await expect.poll(states).toEqual(['x exists', 'dir exists']);
    expect(api.text('/root/x')).toBe('theirs');
    expect(api.text('/root/dir/new')).toBeNull();
    for (const { id } of transfers.getState()) transfers.replace(id);
    await expect.poll(states).toEqual(['x done', 'dir done']);
    expect([api.text('/root/x'), api.text('/root/dir/new'), api.text('/root/dir/old')]).toEqual(['mine', 'n', 'stays']);
  });

  it('tells what does not pass by itself, and tries again when asked', async () => {
    const { api, transfers, states } = start();
    api.failWrites(new ApiError('DISK_FULL', 'The disk is full.'));
    transfers.add('node1', '/root', [file('x')]);
    await expect.poll(states).toEqual(['x failed']);
    const [transfer] = transfers.getState();
    expect(transfer?.state).toEqual({ kind: 'failed', message: 'The disk is full.' });
    transfers.retry(transfer?.id ?? 0);
    await expect.poll(states).toEqual(['x done']);
  });

  it('leaves nothing half-made when it is cancelled', async () => {
    // It is cancelled while it waits for the network, so that the moment cannot be missed.
    const { api, transfers, states } = start({
      wait: () => (api.calls.some((call) => call.startsWith('drop')) ? 1 : 60_000),
    });
    // The network is still away when the part is to be taken away.
    api.failWrites(null, 'network', 'network', 'network');
    transfers.add('node1', '/root', [file('big', new Uint8Array(PIECE_BYTES + 10))]);
    await expect.poll(() => api.paths()).toEqual(['/root/.drydock-upload-01.part']);
    transfers.cancel(transfers.getState()[0]?.id ?? 0);
    await expect.poll(() => api.paths()).toEqual([]);
    expect(states()).toEqual(['big cancelled']);
    expect(transfers.isBusy()).toBe(false);
    transfers.dismissFinished();
    expect(transfers.getState()).toEqual([]);
  });

  it('runs few at a time and all in the end', async () => {
    const { api, transfers, states } = start();
    const open = api.hold();
    transfers.add(
      'node1',
      '/root',
      ['a', 'b', 'c', 'd'].map((name) => file(name)),
    );
    expect(states()).toEqual(['a sending', 'b sending', 'c waiting', 'd waiting']);
    expect(transfers.isBusy()).toBe(true);
    open();
    await expect.poll(states).toEqual(['a done', 'b done', 'c done', 'd done']);
    expect(api.paths()).toEqual(['/root/a', '/root/b', '/root/c', '/root/d']);
  });
});

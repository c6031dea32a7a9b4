import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { MAX_TERMINALS_PER_NODE } from '@drydock/protocol';
import { encodeFrame } from '@drydock/service-kit';
import { until } from '@drydock/testkit';
import { describe, expect, test } from 'vitest';
import { codeOf, NEARLY_A_WINDOW, NODE, T, V, Watcher, withTerminalHost, world } from '../testing/terminal-watcher.ts';

withTerminalHost();

describe('the socket', () => {
  test('tells its agent of its end, and each end is counted once', async () => {
    const watcher = new Watcher();
    await watcher.client.ready();
    expect(watcher.client.breaks()).toBe(0);
    await world.host.close();
    await until(() => !watcher.client.isConnected());
    await until(() => watcher.client.breaks() === 1);
    // Tries that reach nobody are not more ends.
    await expect(watcher.client.call('list', { protocol: 0 })).rejects.toMatchObject({ code: 'HOST_UNAVAILABLE' });
    expect(watcher.client.breaks()).toBe(1);
  });

  test('is for root alone', async () => {
    expect((await stat(join(world.directory, 'socket'))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a frame that is too large', () => [Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])]],
    ['a header longer than its frame', () => [Buffer.from([1, 0, 0, 0, 2, 0, 0, 0, 1])]],
    ['a header that is not JSON', () => [Buffer.from([1, 0, 0, 0, 1, 0, 0, 0, 0x7b])]],
    ['a message of no known form', () => encodeFrame({ hello: 1 })],
  ])('closes after %s', async (_name, frame) => {
    const socket = connect(join(world.directory, 'socket'));
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    for (const part of frame()) socket.write(part);
    await closed;
    const watcher = new Watcher();
    await watcher.open();
  });

  test('refuses what has not the right form with BAD_REQUEST and goes on', async () => {
    const watcher = new Watcher();
    await watcher.open();
    expect(await codeOf(watcher.client.call('terminal.resize', { terminalId: T, cols: 1, rows: 24 }))).toBe(
      'BAD_REQUEST',
    );
    expect(
      await codeOf(watcher.client.call('terminal.attach', { terminalId: '../../x', viewerId: V('b'), offset: 0 })),
    ).toBe('BAD_REQUEST');
    expect(await codeOf(watcher.type('x'.repeat(65 * 1024)))).toBe('BAD_REQUEST');
    expect(await codeOf(watcher.attach(V('b'), 0, 'tzzzzzzzzzzzzzzz'))).toBe('TERMINAL_NOT_FOUND');
    await watcher.client.call('terminal.input', {
      terminalId: T,
      writer: 'writer-two',
      seq: 1,
      data: Buffer.from('echo fine\r'),
    });
    await watcher.sees('\r\nfine\r\n');
  });

  test('a node has at most so many terminals, and closing the node ends them all', async () => {
    const watcher = new Watcher();
    await watcher.client.ready();
    world.command = ['/bin/cat'];
    const open = (i: number) =>
      watcher.client.call('terminal.open', {
        ...NODE,
        terminalId: `t${String.fromCharCode(97 + (i % 26)).repeat(14)}${i < 26 ? 'a' : 'b'}`,
        cols: 80,
        rows: 24,
      });
    for (let i = 0; i < MAX_TERMINALS_PER_NODE; i += 1) await open(i);
    expect(await codeOf(open(MAX_TERMINALS_PER_NODE))).toBe('TERMINAL_LIMIT');
    await open(3);
    await watcher.client.call('node.close', NODE);
    expect(world.host.registry.list()).toEqual([]);
  });

  test('the viewers of an agent that went away do not hold a program back', async () => {
    const gone = new Watcher();
    gone.silent.add(V('a'));
    world.command = ['/bin/bash', '-c', 'seq 1 200000; echo the end; sleep 60'];
    await gone.open();
    await until(() => (gone.next.get(V('a')) ?? 0) >= NEARLY_A_WINDOW);
    gone.close();
    const watcher = new Watcher();
    await watcher.client.ready();
    await watcher.attach(V('b'));
    await watcher.sees('the end', V('b'));
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TERMINAL_LOG_BYTES, TERMINAL_WINDOW_BYTES } from '@drydock/protocol';
import { until } from '@drydock/testkit';
import { describe, expect, test } from 'vitest';
import { NEARLY_A_WINDOW, NODE, T, V, Watcher, withTerminalHost, world } from '../testing/terminal-watcher.ts';

withTerminalHost();

describe('flow control', () => {
  test('T-6: with its only viewer a window behind the program waits, and loses nothing', async () => {
    const watcher = new Watcher();
    watcher.silent.add(V('a'));
    world.command = ['/bin/bash', '-c', 'seq 1 200000; echo the end'];
    await watcher.open();
    await until(() => (watcher.next.get(V('a')) ?? 0) >= NEARLY_A_WINDOW);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stopped = watcher.next.get(V('a')) as number;
    expect(stopped).toBeLessThanOrEqual(TERMINAL_WINDOW_BYTES);
    watcher.silent.clear();
    watcher.client.ack({ viewerId: V('a'), offset: stopped });
    await watcher.sees('the end');
    const numbers = watcher.text().split('\r\n').slice(0, 200_000);
    expect(numbers.every((line, index) => line === String(index + 1))).toBe(true);
    expect(watcher.log.filter((line) => !line.startsWith('exit'))).toEqual([]);
  });

  test('T-6: without a viewer the program runs freely and the log keeps its end', async () => {
    const watcher = new Watcher();
    const done = join(world.directory, 'done');
    world.command = ['/bin/bash', '-c', `seq 1 500000; echo the end; touch ${done}; sleep 60`];
    await watcher.client.ready();
    await watcher.client.call('terminal.open', { ...NODE, terminalId: T, cols: 80, rows: 24 });
    await until(() => existsSync(done), 'the end of the output', 15_000);
    // The program's last bytes may still be on their way out of the PTY.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const answer = await watcher.attach(V('a'), 0);
    expect(answer.offset).toBeGreaterThan(3_000_000);
    expect(answer.screen).toContain('the end');
    expect(answer.screen).toContain('499500');
    const exact = await watcher.attach(V('b'), answer.offset - TERMINAL_LOG_BYTES + 1);
    expect(exact.screen).toBeUndefined();
    await watcher.sees('the end', V('b'));
  });

  test('T-6: a viewer whose connection breaks in a flood misses nothing when it comes back', async () => {
    const watcher = new Watcher();
    world.command = ['/bin/bash', '-c', 'seq 1 600000; echo the end; sleep 60'];
    await watcher.open();
    await watcher.sees('\r\n2000\r\n');
    watcher.close();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const again = new Watcher();
    await again.client.ready();
    const answer = await again.attach(V('b'), watcher.next.get(V('a')));
    expect(answer.screen).toBeUndefined();
    await again.sees('the end', V('b'), 30_000);
    const lines = (watcher.text() + again.text(V('b'))).split('\r\n');
    expect(lines.slice(0, 600_000).every((line, index) => line === String(index + 1))).toBe(true);
  }, 60_000);

  test('T-6: a viewer that stalls beside another one gets a screen later and delays nobody', async () => {
    const watcher = new Watcher();
    watcher.silent.add(V('b'));
    await watcher.open();
    await watcher.attach(V('b'));
    await watcher.type('seq 1 400000; echo the "end"\r');
    await watcher.sees('the end');
    const behind = watcher.next.get(V('b')) as number;
    expect(behind).toBeLessThanOrEqual(TERMINAL_WINDOW_BYTES);
    expect(behind).toBeGreaterThanOrEqual(NEARLY_A_WINDOW);
    watcher.silent.clear();
    watcher.client.ack({ viewerId: V('b'), offset: behind });
    await watcher.sees(`screen ${V('b')}`);
    await watcher.sees('the end', V('b'));
    expect(watcher.log.filter((line) => line.startsWith('hole'))).toEqual([]);
    await watcher.type('echo go on\r');
    await watcher.sees('go on\r\n', V('b'));
  });

  /** The median (ms) from a line typed into the second terminal to its answer. */
  async function medianEcho(watcher: Watcher): Promise<number> {
    const waits: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      const started = performance.now();
      const word = `m${Math.random().toString(36).slice(2)}m`;
      await watcher.type(`echo ${word}\r`, 'tbbbbbbbbbbbbbbb', 'writer-two');
      await watcher.sees(`\n${word}\r\n`, V('b'));
      waits.push(performance.now() - started);
    }
    return waits.sort((a, b) => a - b)[15] as number;
  }

  test('others are answered at once while one terminal floods', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.open('tbbbbbbbbbbbbbbb', V('b'));
    const quiet = await medianEcho(watcher);
    await watcher.type('yes\r');
    await watcher.sees('y\r\ny\r\n');
    expect(await medianEcho(watcher)).toBeLessThan(10 * quiet);
    await watcher.type('\x03');
  });
});

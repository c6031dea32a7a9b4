import { until } from '@drydock/testkit';
import { describe, expect, test } from 'vitest';
import { codeOf, NEARLY_A_WINDOW, T, V, Watcher, withTerminalHost, world } from '../testing/terminal-watcher.ts';

withTerminalHost();

describe('a terminal', () => {
  test('types into a shell and sends back what it writes', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('echo $((6*7)); tty\r');
    await watcher.sees(/42\r\n\/dev\/pts\/\d+/);
    expect(watcher.log).toEqual([]);
  });

  test('T-10: types the same number once, refuses a gap, and repeats the answer of a repetition', async () => {
    const watcher = new Watcher();
    await watcher.open();
    const input = (seq: number, text: string) =>
      watcher.client.call('terminal.input', { terminalId: T, writer: 'writer-one', seq, data: Buffer.from(text) });
    await Promise.all([input(1, 'echo a'), input(2, 'b'), input(2, 'b'), input(1, 'echo a'), input(3, 'c\r')]);
    await watcher.sees('abc\r\n');
    await expect(input(5, 'x')).rejects.toMatchObject({ code: 'INPUT_OUT_OF_ORDER', details: { expected: 4 } });
    await input(2, 'never');
    await input(4, 'echo end\r');
    await watcher.sees('\r\nend\r\n');
    expect(watcher.text()).not.toContain('never');
  });

  test('T-10: a repetition over another connection is not typed', async () => {
    const first = new Watcher();
    await first.open();
    await first.type('echo once >> $TMPDIR/x; echo $?\r');
    first.close();
    const second = new Watcher();
    await second.client.ready();
    await second.attach(V('b'));
    await second.type('echo once >> $TMPDIR/x; echo $?\r');
    await second.type('echo done\r');
    await second.sees('\r\ndone\r\n', V('b'));
    expect(second.text(V('b')).match(/echo once/g)?.length).toBe(1);
  });

  test('T-8: its viewers get all output before its end, with code or signal, and late comers too', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('seq 1 20000; exit 7\r');
    await watcher.sees(`exit ${V('a')} 7`);
    expect(watcher.text()).toContain('\r\n20000\r\n');
    await watcher.attach(V('b'));
    await watcher.sees(`exit ${V('b')} 7`, V('b'));
    expect(watcher.text(V('b'))).toBe(watcher.text());
    expect(await codeOf(watcher.type('late\r'))).toBe('TERMINAL_NOT_FOUND');
  });

  test('T-8: output is not lost when the shell ends while its only viewer does not read', async () => {
    const watcher = new Watcher();
    watcher.silent.add(V('a'));
    await watcher.open();
    await watcher.type('exec seq 1 60000\r');
    await until(() => (watcher.next.get(V('a')) ?? 0) >= NEARLY_A_WINDOW);
    // Longer than node-pty's own patience with a terminal that is not read.
    await new Promise((resolve) => setTimeout(resolve, 500));
    watcher.silent.clear();
    watcher.client.ack({ viewerId: V('a'), offset: watcher.next.get(V('a')) as number });
    await watcher.sees(`exit ${V('a')} 0`);
    expect(watcher.text()).toContain('\r\n59999\r\n60000\r\n');
    expect(watcher.log).toEqual([`exit ${V('a')} 0`]);
  });

  test('tells the signal that ended it', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('kill -9 $$\r');
    await watcher.sees(/exit v\S+ 0 SIGKILL/);
  });

  test('closing it ends its shell, even one that ignores hangups, and forgets it', async () => {
    const watcher = new Watcher();
    world.command = ['/bin/bash', '-c', 'trap "" HUP; echo ready; while :; do sleep 0.1; done'];
    await watcher.open();
    await watcher.sees('ready');
    await watcher.client.call('terminal.close', { terminalId: T });
    expect(world.host.registry.list()).toEqual([]);
    await watcher.sees(/exit forgotten/);
    expect(await codeOf(watcher.attach(V('b')))).toBe('TERMINAL_NOT_FOUND');
  });

  test('a paste into a program that does not read waits, is bounded, and does not stop others', async () => {
    const watcher = new Watcher();
    world.command = ['/bin/sh', '-c', 'stty raw -echo; echo ready; sleep 1.5; exec cat >/dev/null'];
    await watcher.open();
    await watcher.sees('ready');
    const piece = 'x'.repeat(64 * 1024);
    const sent = Array.from({ length: 6 }, () => codeOf(watcher.type(piece)));
    expect(await Promise.race(sent)).toBe('RATE_LIMITED');
    const results = await Promise.all(sent);
    expect(results.filter((result) => result === 'no error').length).toBeGreaterThanOrEqual(4);
  });

  test('a size reaches the program and every viewer in its place', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.attach(V('b'));
    await watcher.client.call('terminal.resize', { terminalId: T, cols: 101, rows: 33 });
    await watcher.type('stty size\r');
    await watcher.sees('33 101');
    await watcher.sees('33 101', V('b'));
    expect(watcher.log.filter((line) => line.includes('101x33')).length).toBe(2);
  });
});

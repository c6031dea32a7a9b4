import { readFileSync, readlinkSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { TERMINAL_LOG_BYTES } from '@drydock/protocol';
import { until } from '@drydock/testkit';
import { describe, expect, test } from 'vitest';
import { codeOf, T, V, Watcher, withTerminalHost, world } from '../../testing/terminal-watcher.ts';

withTerminalHost();

/** Fills the log and more with lines that are not plain text, so that an emulator must draw what leaves it. */
const OVERFLOW = `perl -e 'print "\\e[1G\\e[3", $_ % 8, "mline $_ of many that a log cannot hold\\e[m\\n" for 1..30000'`;

async function overflown(terminalId = T): Promise<Watcher> {
  const watcher = new Watcher();
  await watcher.open(terminalId);
  await watcher.type(`${OVERFLOW}; echo over-$((1+1))\r`, terminalId);
  await watcher.sees('over-2');
  expect(watcher.next.get(V('a'))).toBeGreaterThan(TERMINAL_LOG_BYTES);
  return watcher;
}

const pid = () => world.host.screens.pids()[0] as number;
const status = (name: string) =>
  readFileSync(`/proc/${pid()}/status`, 'utf8').match(new RegExp(`^${name}:[ \\t]*(.*)$`, 'm'))?.[1];

function countSerialised(): () => number {
  let count = 0;
  const { open } = world.host.screens;
  world.host.screens.open = (sessionId, size) => {
    const emulator = open(sessionId, size);
    const { serialize } = emulator;
    emulator.serialize = () => {
      count += 1;
      return serialize();
    };
    return emulator;
  };
  return () => count;
}

describe('the process that draws screens', () => {
  test('is there only when something must be drawn, and as long as its terminals are', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('echo $((20+22))\r');
    await watcher.sees('42');
    expect(world.host.screens.pids()).toEqual([]);
    await watcher.type(`${OVERFLOW}; echo over-$((1+1))\r`);
    await watcher.sees('over-2');
    expect(world.host.screens.pids()).toHaveLength(1);
    await watcher.client.call('terminal.close', { terminalId: T });
    await until(() => world.host.screens.pids().length === 0);
  });

  test.runIf(process.getuid?.() === 0)('has no rights, no network, and bounds that it cannot raise', async () => {
    const watcher = await overflown();
    await watcher.attach(V('b'));
    expect(status('Uid')).toMatch(/^(2516582\d\d)\t\1\t\1\t\1$/);
    expect(status('Gid')).toMatch(/^(2516582\d\d)\t\1\t\1\t\1$/);
    expect(status('Groups')?.trim()).toBe('');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) expect(status(set)).toBe('0'.repeat(16));
    expect(status('NoNewPrivs')).toBe('1');
    expect(readlinkSync(`/proc/${pid()}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'));
    // Ended before a service when the host has no memory left.
    expect(readFileSync(`/proc/${pid()}/oom_score_adj`, 'utf8')).toBe('500\n');
    const limits = readFileSync(`/proc/${pid()}/limits`, 'utf8');
    expect(limits).toMatch(/Max data size +536870912 +536870912 /);
    expect(limits).toMatch(/Max file size +0 +0 /);
    expect(limits).toMatch(/Max core file size +0 +0 /);
  });

  test('when it dies, the picture is drawn from the log again, and shells go on', async () => {
    const watcher = await overflown();
    const before = await watcher.attach(V('b'));
    process.kill(pid(), 'SIGKILL');
    await until(() => world.host.screens.pids().length === 0);
    await watcher.type('echo alive-$((3+4))\r');
    await watcher.sees('alive-7');
    // The picture of a moment ago is shared as long as the log goes on from it: this one is drawn after the end of the process.
    let after = before;
    await until(async () => {
      after = await watcher.attach(V('c'));
      return after.offset > before.offset;
    });
    expect(before.screen).toContain('line 30000 of many');
    expect(after.screen).toContain('line 30000 of many');
    expect(after.screen).toContain('alive-7');
    expect(after.screen).not.toContain('could not be drawn');
  });

  test('when it hangs over a terminal, that one is shown as plain text, and another is drawn as ever', async () => {
    const watcher = await overflown();
    const other = 'tbbbbbbbbbbbbbbb';
    await watcher.open(other, V('b'));
    await watcher.type(`${OVERFLOW}; echo over-$((2+2))\r`, other, 'writer-two');
    await watcher.sees('over-4', V('b'));
    // Both are drawn as far as they go: the next to be worked on is the first.
    await watcher.attach(V('c'));
    await watcher.attach(V('d'), 0, other);
    process.kill(pid(), 'SIGSTOP');
    await watcher.type(`${OVERFLOW}; echo over-$((3+3))\r`);
    await watcher.type('echo meanwhile-$((4+4))\r', other, 'writer-two');
    await watcher.sees('meanwhile-8', V('b'));
    await watcher.sees('over-6');
    const plain = await watcher.attach(V('c'));
    expect(plain.screen).toContain('This terminal could not be drawn');
    expect(plain.screen).toContain('line 30000 of many');
    const drawn = await watcher.attach(V('d'), 0, other);
    expect(drawn.screen).not.toContain('could not be drawn');
    expect(drawn.screen).toMatch(/\[3\dmline 30000/);
    await watcher.type('echo beside-$((4+5))\r', other, 'writer-two');
    await watcher.sees('beside-9', V('b'));
  });
});

describe('a hostile program', () => {
  test('stops nobody by sequences with large parameters', async () => {
    const watcher = await overflown();
    await watcher.open('tbbbbbbbbbbbbbbb', V('b'));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await watcher.type(`for i in S T L M; do printf "\\e[2000000$i"; done; ${OVERFLOW}; echo over-$((2+2))\r`);
    await watcher.sees('over-4');
    await watcher.attach(V('c'));
    await watcher.type('echo beside-$((4+5))\r', 'tbbbbbbbbbbbbbbb', 'writer-two');
    await watcher.sees('beside-9', V('b'));
    delay.disable();
    // Eight million steps of its parser are ten seconds.
    expect(delay.max / 1e6).toBeLessThan(1500);
  });

  test('ends nothing by repeating a character of several parts, with an attach beyond the end', async () => {
    const watcher = new Watcher();
    await watcher.open();
    await watcher.type('printf "a\\xcc\\x81\\xcc\\x81\\e[2147483647b"; echo end-$((1+1))\r');
    await watcher.sees('end-2');
    expect(await codeOf(watcher.attach(V('b'), 9e12))).toBe('BAD_REQUEST');
    await watcher.type('echo alive-$((3+4))\r');
    await watcher.sees('alive-7');
    expect(world.host.screens.pids()).toEqual([]);
  });

  test('sixty attaches at once are served by one picture', async () => {
    const watcher = await overflown();
    const serialised = countSerialised();
    await watcher.client.call('terminal.close', { terminalId: T });
    await until(() => world.host.registry.list().length === 0);
    const again = await overflown();
    const letters = 'bcdefghijklmnopqrstuvwxyz';
    const round = () => Promise.all(Array.from(letters, (letter) => again.attach(V(letter))));
    const answers = [...(await round()), ...(await round()), ...(await round())];
    expect(serialised()).toBeGreaterThan(0);
    expect(serialised()).toBeLessThanOrEqual(2);
    for (const { screen } of answers) expect(screen).toContain('line 30000 of many');
  });
});

/** Typing over the whole path, while links drop and processes are killed (T-10 to T-14). */
import { describe, expect, test } from 'vitest';
import { calm, disturb, openPage, until, wait, withTerminalStack, world } from '../testing/terminal-pages.ts';

withTerminalStack();

describe('typing', () => {
  test('T-10: 100,000 keystrokes over a link that drops and delays are typed once each, in order', async () => {
    const page = await openPage();
    // The shell ends lines itself, so that no line editor's own bounds come in between.
    page.type('stty -echo -icanon min 1; echo "ready"; head -c 100000 | sha256sum; stty sane\r');
    await page.sees('ready\r\n');
    world.link.delayMs = 15;
    disturb(700);
    const letters = Array.from({ length: 100_000 }, (_, i) => String.fromCharCode(33 + ((i * 7919 + (i >> 5)) % 94)));
    for (const [index, letter] of letters.entries()) {
      while (!page.controller.input(letter)) await wait(20);
      // Bursts and pauses of all sizes, as hands and held keys make them.
      if (index % 7 === 0) await wait(Math.random() < 0.02 ? 30 : 0);
      // The hint of an outage is confirmed as a user would.
      if (page.controller.getState().askBeforeSending) page.controller.confirmWaiting();
    }
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(letters.join('')));
    await until(
      () => page.text.includes(Buffer.from(digest).toString('hex')),
      () =>
        `the digest ${JSON.stringify(page.controller.getState())} ${world.link.cuts()} ${JSON.stringify(page.text.slice(-300))}`,
      60_000,
    );
    calm();
    expect(world.link.cuts()).toBeGreaterThan(10);
  }, 400_000);

  test('T-10: what is typed while the agent and the manager are killed arrives once', async () => {
    const page = await openPage();
    page.type('stty -echo -icanon min 1; echo "ready"; head -c 4000 | sha256sum; stty sane\r');
    await page.sees('ready\r\n');
    let sent = '';
    const typeSome = async (count: number) => {
      for (let i = 0; i < count; i += 1) {
        const letter = String.fromCharCode(33 + (sent.length % 94));
        while (!page.controller.input(letter)) await wait(20);
        sent += letter;
        if (i % 10 === 0) await wait(1);
      }
    };
    await typeSome(1000);
    await world.stack.agent.kill();
    await typeSome(1000);
    world.stack.agent.start();
    await typeSome(500);
    await world.stack.manager.kill();
    await typeSome(500);
    world.stack.manager.start();
    await typeSome(1000);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sent));
    await page.sees(Buffer.from(digest).toString('hex'), 90_000);
  }, 200_000);

  test('T-13: an Enter that waited for long is not sent without asking', async () => {
    const page = await openPage();
    world.link.freeze();
    world.link.cut();
    await until(() => page.controller.getState().phase.kind !== 'live', 'the break');
    page.type('echo do"ne"\r');
    expect(page.controller.getState().waiting).toEqual({ text: 'echo do"ne"\r', bytes: 12 });
    expect(page.controller.input('x'.repeat(5000))).toBe(false);
    expect(page.controller.getState().inputFull).toBe(true);
    await wait(10_500);
    world.link.thaw();
    world.link.cut();
    await until(() => page.controller.getState().askBeforeSending, 'the question', 30_000);
    await wait(300);
    expect(page.text).not.toContain('done');
    page.controller.confirmWaiting();
    await page.sees('done\r\n');
    expect(page.controller.getState().waiting).toBeNull();
  }, 90_000);

  test('a viewer cannot type, and Ctrl-C is not stuck behind a flood', async () => {
    const page = await openPage(2000);
    page.type('yes\r');
    await until(() => page.text.length > 2_000_000, 'a flood');
    const started = performance.now();
    page.text = '';
    page.type('\x03');
    await page.sees('^C');
    await page.sees('node1:');
    // The bench measures it; here it only must not be seconds.
    expect(performance.now() - started).toBeLessThan(3000);
  }, 60_000);
});

import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenersOf } from '../test/listeners.mjs';
import { START_MS, testStack } from '../test/test-stack.mjs';

/** @type {import("../test/test-stack.mjs").TestStack} */
let stack;
beforeAll(async () => {
  stack = await testStack();
  const { code, output } = await stack.command('start', ['--detach']);
  expect([code, output]).toEqual([0, expect.stringContaining('Drydock is ready')]);
}, START_MS);
afterAll(async () => {
  await stack.command('stop');
  stack.remove();
}, START_MS);

describe('the processes of a stack', () => {
  it('listen where this list says, and nowhere else', () => {
    const found = listenersOf(stack.processes()).map((line) =>
      line
        .replace(`:${stack.settings.DRYDOCK_PORT}`, ':PUBLIC')
        .replace(/:\d+$/, ':FREE')
        .replace(stack.layout.runInstance, 'RUN'),
    );
    expect(found.sort()).toEqual(
      [
        // Pages, API and sockets.
        'tcp 127.0.0.1:PUBLIC',
        // Redis, the library, the pages' own server, and the manager's operator listener.
        ...Array.from({ length: 4 }, () => 'tcp 127.0.0.1:FREE'),
        'unix RUN/terminals.sock',
      ].sort(),
    );
  });
});

describe('the list of listeners', () => {
  it.each([
    ['of TCP on every address', { host: '::', port: 0 }, /^tcp \[0000:0000:0000:0000:0000:0000:0000:0000\]:\d+$/],
    ['of TCP on one address', { host: '127.0.0.1', port: 0 }, /^tcp 127\.0\.0\.1:\d+$/],
    ['of an abstract Unix socket', { path: `\0drydock-test-${process.pid}` }, /^unix @drydock-test-\d+@*$/],
  ])('shows one %s', async (_, where, expected) => {
    const before = listenersOf([process.pid]);
    const server = createServer();
    await new Promise((resolve) => server.listen(where, resolve));
    const added = listenersOf([process.pid]).filter((line) => !before.includes(line));
    await new Promise((resolve) => server.close(resolve));
    expect(added).toEqual([expect.stringMatching(expected)]);
  });
});

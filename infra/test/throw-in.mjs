/** Makes a running Node.js process throw where nothing catches it, as a mistake of ours would: by its debugger, without any code of the product. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** Where Node.js listens after SIGUSR1 unless told otherwise; one process at a time. */
const DEBUGGER = 'http://127.0.0.1:9229/json/list';
/** The debugger opens within this time, also on a busy machine (ms). */
const OPEN_MS = 10_000;

async function debuggerUrl() {
  for (const end = Date.now() + OPEN_MS; ; await sleep(50)) {
    const targets = /** @type {{webSocketDebuggerUrl: string}[]} */ (
      await fetch(DEBUGGER).then(
        (answer) => answer.json(),
        () => [],
      )
    );
    if (targets[0] !== undefined) return targets[0].webSocketDebuggerUrl;
    if (Date.now() > end) throw new Error('the debugger does not open');
  }
}

/**
 * Throws once in a callback and once in a promise of the process, then closes its debugger.
 * @param {number} pid
 * @param {string} message
 */
export async function throwIn(pid, message) {
  process.kill(pid, 'SIGUSR1');
  const socket = new WebSocket(await debuggerUrl());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const text = JSON.stringify(message);
  const expression = `
    setTimeout(() => { throw new Error(${text}); });
    setTimeout(() => void Promise.reject(new Error(${text})));
    setTimeout(() => process.getBuiltinModule('node:inspector').close(), 200);
    'asked'`;
  const closed = new Promise((resolve) => socket.once('close', resolve).once('error', resolve));
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  await closed;
}

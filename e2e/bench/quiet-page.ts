/**
 * A page of Chromium that is driven over the DevTools protocol and not watched. Playwright asks to be told of every frame of every
 * socket; encoding 72 MB of them a second time is work of the page's own thread, which no user's browser does.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { CHROMIUM } from '../playwright.config.ts';

/** The browser must say within this time (ms) where it can be reached. */
const START_TIMEOUT_MS = 20_000;
/** What must become true in the page must do so within this time (ms). */
const WAIT_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 10;
/** DevTools' bit for Ctrl in a key's modifiers. */
const CTRL = 2;

/** A function that runs in the page: self-contained, its argument and its result are JSON. */
type InPage<A, R> = (arg: A) => R | Promise<R>;

export interface QuietPage {
  /** Calls a method of the DevTools protocol. @throws Error with the browser's words. */
  // biome-ignore lint/suspicious/noExplicitAny: the protocol's own objects.
  send(method: string, params?: Record<string, unknown>): Promise<any>;
  /** Runs `inPage` in every page that is opened from here on, before its own code. */
  addInitScript(inPage: () => void): Promise<void>;
  evaluate<R>(inPage: InPage<undefined, R>): Promise<R>;
  evaluate<A, R>(inPage: InPage<A, R>, arg: A): Promise<R>;
  /** Asks again and again until `inPage` says true. @throws Error after a minute. */
  waitFor(inPage: () => boolean): Promise<void>;
  goto(url: string): Promise<void>;
  /** Loads the page anew; resolves when the new one has begun. */
  reload(): Promise<void>;
  /** Sets the window's size in CSS pixels. */
  resize(size: { width: number; height: number }): Promise<void>;
  size(): { width: number; height: number };
  /** Types text key by key; `\r` is Enter. */
  type(text: string): Promise<void>;
  /** Presses and releases one key: a character, or `Ctrl+` and a letter. */
  press(key: string): Promise<void>;
  /** Ends the browser and forgets its profile. */
  close(): Promise<void>;
}

function keyEvent(key: string): Record<string, unknown> {
  const held = key.startsWith('Ctrl+');
  const character = held ? key.slice('Ctrl+'.length) : key;
  if (character === '\r') return { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' };
  const isLetter = /^[a-z]$/i.test(character);
  return {
    key: character,
    ...(isLetter
      ? { code: `Key${character.toUpperCase()}`, windowsVirtualKeyCode: character.toUpperCase().charCodeAt(0) }
      : {}),
    ...(held ? { modifiers: CTRL } : { text: character }),
  };
}

/** Where the browser can be asked for its pages. */
function listening(stderr: NodeJS.ReadableStream): Promise<URL> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => reject(new Error(`Chromium does not start: ${said}`)), START_TIMEOUT_MS);
    stderr.on('data', (piece: Buffer) => {
      said += piece.toString();
      const url = /DevTools listening on (\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      resolve(new URL(url));
    });
  });
}

async function openSocket(devtools: URL): Promise<WebSocket> {
  const pages = (await (await fetch(`http://${devtools.host}/json`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const page = pages.find(({ type }) => type === 'page');
  if (page === undefined) throw new Error('Chromium has no page');
  const socket = new WebSocket(page.webSocketDebuggerUrl, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

/** Starts Chromium with one empty page. */
export async function openQuietPage(): Promise<QuietPage> {
  const profile = await mkdtemp(join(tmpdir(), 'drydock-bench-'));
  const browser = spawn(
    CHROMIUM.executablePath,
    [
      ...CHROMIUM.args,
      ...['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, '--hide-scrollbars', 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  const socket = await openSocket(await listening(browser.stderr));

  let lastId = 0;
  const calls = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  socket.on('message', (message: Buffer) => {
    const { id, result, error } = JSON.parse(message.toString()) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const call = id === undefined ? undefined : calls.get(id);
    if (id === undefined || call === undefined) return;
    calls.delete(id);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  });
  socket.once('close', () => {
    for (const { reject } of calls.values()) reject(new Error('Chromium has gone'));
    calls.clear();
  });
  const send: QuietPage['send'] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      calls.set(lastId, { resolve, reject });
      socket.send(JSON.stringify({ id: lastId, method, params }));
    });

  async function evaluate<A, R>(inPage: InPage<A, R>, arg?: A): Promise<R> {
    const { result, exceptionDetails } = await send('Runtime.evaluate', {
      expression: `(${inPage})(${JSON.stringify(arg) ?? ''})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as R;
  }

  let size = { width: 1600, height: 1000 };
  const page: QuietPage = {
    send,
    addInitScript: (inPage) => send('Page.addScriptToEvaluateOnNewDocument', { source: `(${inPage})()` }),
    evaluate,
    async waitFor(inPage) {
      const deadline = Date.now() + WAIT_TIMEOUT_MS;
      // While a page is loaded there is nothing to ask, or nobody.
      while (!(await evaluate(inPage).catch(() => false))) {
        if (Date.now() > deadline) throw new Error(`this did not become true in the page: ${inPage}`);
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    goto: (url) => send('Page.navigate', { url }),
    async reload() {
      await evaluate(() => Object.assign(window, { isLeft: true }) && undefined);
      await send('Page.reload');
      await page.waitFor(() => !('isLeft' in window) && document.documentElement !== null);
    },
    async resize(next) {
      size = next;
      await send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
    },
    size: () => size,
    async type(text) {
      for (const character of text) await page.press(character);
    },
    async press(key) {
      const event = keyEvent(key);
      await send('Input.dispatchKeyEvent', { type: 'text' in event ? 'keyDown' : 'rawKeyDown', ...event });
      await send('Input.dispatchKeyEvent', { ...event, type: 'keyUp', text: undefined });
    },
    async close() {
      await send('Browser.close').catch(() => browser.kill());
      await ended;
      socket.terminate();
      await rm(profile, { recursive: true, force: true });
    },
  };
  // tsx marks functions with their names by a helper that the page does not have.
  await send('Page.enable');
  await send('Page.addScriptToEvaluateOnNewDocument', { source: 'globalThis.__name = (marked) => marked' });
  await page.resize(size);
  return page;
}

import type { EmbedRequest } from '@drydock/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LISTENS, listenToPage, MAX_MESSAGES_A_SECOND } from './page-port.ts';

const NONCE = 'abcdefghijklmnopqrstuv';
/** The page's window, as far as the frame speaks to it. */
const parent = { postMessage: (data: unknown) => void told.push(data) } as unknown as Window;
const other = {} as Window;
let told: unknown[];
let hear: (event: MessageEvent) => void;
let requests: EmbedRequest[];
let origins: string[];
let time: number;
let stop: () => void;
let ports: MessagePort[];

beforeEach(() => {
  told = [];
  requests = [];
  origins = [];
  ports = [];
  time = 0;
  const window = {
    parent,
    addEventListener: (_name: string, listener: never) => {
      hear = listener;
    },
    removeEventListener: () => undefined,
  };
  stop = listenToPage({
    window: window as never,
    nonce: NONCE,
    onPage: ({ origin }) => void origins.push(origin),
    onRequest: (request) => void requests.push(request),
    now: () => time,
  });
});
afterEach(() => {
  stop();
  for (const port of ports) port.close();
});

/** Greets, and gives the page's end of the port. */
function greet(data: unknown, source = parent, origin = 'https://docs.example'): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  hear({ source, origin, data, ports: [port2] } as unknown as MessageEvent);
  return port1;
}
const greeting = { drydock: 1, nonce: NONCE };
/** Resolves when what was sent before has arrived: messages of one port keep their order. */
const arrived = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a frame', () => {
  test('says that it listens, and hears the page that knows its nonce', async () => {
    expect(told).toEqual([LISTENS]);
    greet(greeting).postMessage({ type: 'start' });
    await arrived();
    expect([origins, requests]).toEqual([['https://docs.example'], [{ type: 'start' }]]);
  });

  test('hears nobody with another nonce, another version, more than a greeting, or from another window', () => {
    greet({ ...greeting, nonce: 'abcdefghijklmnopqrstuw' });
    greet({ ...greeting, drydock: 2 });
    greet({ ...greeting, more: true });
    greet(null);
    greet(greeting, other);
    expect(origins).toEqual([]);
  });

  test('hears the first page alone', () => {
    greet(greeting);
    greet(greeting, parent, 'https://evil.example');
    expect(origins).toEqual(['https://docs.example']);
  });

  test('drops what is not of the protocol', async () => {
    const page = greet(greeting);
    const long = 'x'.repeat(64 * 1024 + 1);
    for (const data of [
      null,
      7,
      'start',
      { type: 'token' },
      { type: 'run', id: 1, text: long },
      { type: 'run', id: 0, text: 'a' },
      { type: 'run', id: 1, text: 'a', node: '../node1' },
      { type: 'run', id: 1, text: 'a', run: 'b' },
      { type: 'show', node: 'node1' },
    ])
      page.postMessage(data);
    await arrived();
    expect(requests).toEqual([{ type: 'show', node: 'node1' }]);
  });

  test('does not hear a page that floods it for the rest of the second', async () => {
    const page = greet(greeting);
    for (let i = 0; i < 3 * MAX_MESSAGES_A_SECOND; i += 1) page.postMessage({ type: 'focus' });
    await arrived();
    expect(requests.length).toBeLessThanOrEqual(MAX_MESSAGES_A_SECOND);
    time = 1000;
    page.postMessage({ type: 'end' });
    await arrived();
    expect(requests.at(-1)).toEqual({ type: 'end' });
  });
});

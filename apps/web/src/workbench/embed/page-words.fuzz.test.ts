/** All that a page of another site says to a frame: its messages, and the query of the frame's address. */
import { type EmbedRequest, embedRequestSchema, MAX_EMBED_TEXT } from '@drydock/protocol';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { stackCommand, wantedStack } from '../start/stack-link.ts';
import { wantedTemplateId } from '../start/template-link.ts';
import { readEmbedWish } from './address.ts';
import { listenToPage, MAX_MESSAGES_A_SECOND } from './page-port.ts';

const SEED = 20_261_207;
const NONCE = 'abcdefghijklmnopqrstuv';

const REQUESTS: readonly EmbedRequest[] = [
  { type: 'start', handle: 'a.b-c' },
  { type: 'run', id: 1, text: 'ls', node: 'node1', terminal: 1 },
  { type: 'write', id: 2, node: 'node1', path: '/root/a', content: 'x' },
  { type: 'show', node: 'node1' },
  { type: 'open', node: 'node1', port: 80, path: '/a' },
  { type: 'focus' },
  { type: 'theme', theme: { scheme: 'dark', accent: '#aabbcc', radius: 1, fontSize: 12 } },
  { type: 'share', role: 'give' },
  { type: 'end' },
];

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
/** Whatever a browser clones. */
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    -0,
    1e300,
    2 ** 53,
    1n,
    '',
    '../..',
    'x'.repeat(MAX_EMBED_TEXT + 1),
  ),
  fc.constantFrom<unknown>(
    cyclic,
    new Map([['type', 'end']]),
    new Date(Number.NaN),
    /a/,
    new Uint8Array(9),
    new Error('x'),
    [[]],
  ),
  fc.constantFrom<unknown>(JSON.parse('{"__proto__":{"type":"end"}}'), { constructor: 1 }, Array(9), '\u0000\u001b[2J'),
  fc.jsonValue({ maxDepth: 3 }),
);
const message: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...REQUESTS),
  fc
    .tuple(
      fc.constantFrom(...REQUESTS),
      fc.constantFrom('type', 'id', 'text', 'node', 'path', 'port', 'theme', 'more', '__proto__'),
      hostile,
    )
    .map(([request, key, value]) => Object.fromEntries([...Object.entries(request), [key, value]])),
  hostile,
);

const opened: MessagePort[] = [];
afterAll(() => {
  for (const port of opened) port.close();
});

test('of any messages a frame hears those of the protocol, and no more in a second than it may', async () => {
  let heard = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 150, size: 'max' }), hostile, async (messages, greeting) => {
      const requests: EmbedRequest[] = [];
      let hear: (event: unknown) => void = () => undefined;
      const parent = { postMessage: () => undefined };
      const window = {
        parent,
        addEventListener: (_name: string, listener: typeof hear) => {
          hear = listener;
        },
        removeEventListener: () => undefined,
      };
      let pages = 0;
      const stop = listenToPage({
        window: window as never,
        nonce: NONCE,
        onPage: () => {
          pages += 1;
        },
        onRequest: (request) => void requests.push(request),
        now: () => 0,
      });
      const { port1, port2 } = new MessageChannel();
      opened.push(port1, port2);
      for (const data of [greeting, { drydock: 1, nonce: NONCE, more: 1 }])
        hear({ source: parent, data, ports: [port2] });
      expect(pages).toBe(0);
      hear({ source: parent, data: { drydock: 1, nonce: NONCE }, ports: [port2] });
      expect(pages).toBe(1);
      for (const each of messages) port1.postMessage(each);
      // What one port brings keeps its order.
      await new Promise((resolve) => setTimeout(resolve, 20));
      heard += requests.length;
      expect(requests.length).toBeLessThan(MAX_MESSAGES_A_SECOND);
      for (const request of requests) expect(embedRequestSchema.parse(structuredClone(request))).toEqual(request);
      stop();
      port1.close();
    }),
    { numRuns: 40, seed: SEED, endOnFailure: true },
  );
  expect(heard).toBeGreaterThan(100);
});

const text = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.string({
    maxLength: 40,
    unit: fc.constantFrom("'", '"', '`', '$', '(', ')', ';', '|', '&', '!', '\\', '\n', '\r', '\t', ' ', '#', '%', 'a'),
  }),
);
const address = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'https://a.example/',
        'http://[::1]/',
        'https://ä.example/',
        'HTTPS://A.example:99/?',
        'https://a.example/#',
        'javascript:',
        'file:///',
        '//a.example/',
        'https://x:y@a.example/',
        'https://:y@a.example/',
      ),
      text,
    )
    .map(([start, rest]) => start + rest),
  text,
);
const query = fc
  .record(
    {
      stack: address,
      stack_name: fc.oneof(fc.constantFrom('shop', 'a_b-c'), text),
      image: fc.oneof(fc.constantFrom('nginx:alpine', '-v', '--privileged', 'a b'), text),
      nodes: fc.oneof(fc.constantFrom('3', '1e9', '-1', '0x10', 'Infinity', '9'.repeat(400)), text),
      show: fc.oneof(fc.constantFrom('node1', '__proto__'), text),
      site: text,
      lab: text,
      src: fc.oneof(text, fc.constant('x'.repeat(500))),
      template: fc.oneof(text, fc.constant('x'.repeat(500))),
      resume: text,
      chrome: text,
    },
    { requiredKeys: [] },
  )
  .map((fields) => `?${new URLSearchParams(fields)}`);

test('of any address a frame takes what has bounds, and no command but those that it knows', () => {
  let commands = 0;
  fc.assert(
    fc.property(fc.oneof(query, text), (search) => {
      const wish = readEmbedWish(search);
      expect([1, 2, 3, 4, 5]).toContain(wish.nodes);
      for (const value of [wish.site, wish.lab, wish.template, wish.show])
        expect(value?.length ?? 0).toBeLessThanOrEqual(300);
      expect(wantedTemplateId(search)?.length ?? 0).toBeLessThanOrEqual(64);
      if (wish.command === null) return;
      commands += 1;
      // A terminal obeys controls, and types a line at each end of one.
      expect(wish.command).toMatch(/^[\x20-\x7e]{1,8000}$/);
      expect(wish.command).toMatch(/^docker run -it --rm [\w.:/@-]+$|^mkdir -p [a-z0-9_-]+ && cd /);
    }),
    { numRuns: 2000, seed: SEED },
  );
  expect(commands).toBeGreaterThan(100);
});

test('whatever address a stack has, it is one word of the shell’s, without a name or a password', () => {
  const stacks = fc.sample(fc.tuple(address, text), { numRuns: 1500, seed: SEED }).flatMap(([stack, name]) => {
    const wanted = wantedStack(`?${new URLSearchParams({ stack, stack_name: name })}`);
    return wanted.kind === 'stack' ? [wanted.stack] : [];
  });
  expect(stacks.length).toBeGreaterThan(300);
  for (const { url } of stacks) expect([new URL(url).username, new URL(url).password]).toEqual(['', '']);
  for (const stack of stacks) {
    // Everything within a shell's single quotes is as it stands; one of them alone ends them.
    const [, name, again, word = ''] =
      /^mkdir -p ([a-z0-9_-]+) && cd ([a-z0-9_-]+) && curl -fsSL -o compose\.yaml ('(?:[^']|'\\'')*') && docker compose up -d; echo "/.exec(
        stackCommand(stack),
      ) ?? [];
    expect([name, again]).toEqual([stack.name, stack.name]);
    expect(word.slice(1, -1).replaceAll("'\\''", "'")).toBe(stack.url);
    expect(stack.url).toMatch(/^https?:[\x21-\x7e]{1,2000}$/);
  }
});

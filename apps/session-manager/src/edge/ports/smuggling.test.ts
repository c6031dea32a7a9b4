/**
 * Requests that two parsers read in two ways, against the gateway with naive programs behind it. Each attack is also made through a proxy
 * that copies bytes: there it must succeed with one of the programs, else it would prove nothing.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Belief, createNaiveServer, type NaiveServer } from '../../testing/naive-server.ts';
import { type PublishedPorts, publishPorts } from '../../testing/published-port.ts';

const BELIEFS: readonly Belief[] = ['length', 'chunks', 'bare-lf'];
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const hex = (text: string) => text.length.toString(16);
/** A chunked body whose one chunk is the smuggled request. */
const IN_CHUNK = `${hex(SMUGGLED)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;
/** A chunked body that ends at once, and what follows it. */
const BEHIND_END = `0\r\n\r\n${SMUGGLED}`;

/** Headers and body that follow the request line and Host of a POST. */
const ATTACKS: Record<string, string> = {
  'length, then chunks': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding: chunked\r\n\r\n${BEHIND_END}`,
  'chunks, then a shorter length': `Transfer-Encoding: chunked\r\nContent-Length: ${hex(SMUGGLED).length + 2}\r\n\r\n${IN_CHUNK}`,
  'space before the colon': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding : chunked\r\n\r\n${BEHIND_END}`,
  'tab before chunked': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding:\tchunked\r\n\r\n${BEHIND_END}`,
  'vertical tab before chunked': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding: \x0bchunked\r\n\r\n${BEHIND_END}`,
  'a coding of that sound': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding: xchunked\r\n\r\n${BEHIND_END}`,
  'chunked, then another coding': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding: chunked, identity\r\n\r\n${BEHIND_END}`,
  'two codings in two headers': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n${BEHIND_END}`,
  'a folded coding': `Content-Length: ${BEHIND_END.length}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n${BEHIND_END}`,
  'a coding behind a bare LF': `Content-Length: ${BEHIND_END.length}\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n${BEHIND_END}`,
  'two lengths': `Content-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'two lengths in one header': `Content-Length: 0, ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'a length with a sign': `Content-Length: +0\r\n\r\n${SMUGGLED}`,
  'a length below zero': `Content-Length: -1\r\n\r\n${SMUGGLED}`,
  'a length in another base': `Content-Length: 0x${hex(SMUGGLED)}\r\n\r\n${SMUGGLED}`,
  'lines that end in a bare LF': `X: y\n\n${SMUGGLED}`,
  'a header that ends in a bare CR': `X: y\rContent-Length: 0\r\n\r\n${SMUGGLED}`,
  'an extension with a line of its own': `Transfer-Encoding: chunked\r\n\r\n2;a\n${hex(SMUGGLED)}\r\n0\r\n\r\n${SMUGGLED}`,
  'a chunk size beyond all numbers': `Transfer-Encoding: chunked\r\n\r\n1${'0'.repeat(16)}\r\n\r\n${SMUGGLED}`,
  'a chunk size in words': `Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n${SMUGGLED}`,
  'a chunk longer than it says': `Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n0\r\n\r\n${SMUGGLED}`,
};
/** Not an attack upon the naive programs: they must be whole behind the gateway all the same. */
const HARMLESS: Record<string, string> = {
  'a chunk extension': `Transfer-Encoding: chunked\r\n\r\n3;name=value\r\nabc\r\n0\r\n\r\n`,
  'trailers that name a length': `Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 7\r\nHost: y\r\n\r\n`,
};

const programs = new Map<Belief, NaiveServer>();
let ports: PublishedPorts;
const portOf = (belief: Belief) => 8000 + BELIEFS.indexOf(belief);
const nameOf = (belief: Belief) => `${portOf(belief)}-node1-${ports.id}.localhost`;

beforeAll(async () => {
  ports = await publishPorts();
  for (const belief of BELIEFS) {
    const program = createNaiveServer(belief);
    programs.set(belief, program);
    await ports.expose(portOf(belief), program.server);
    await ports.choose(portOf(belief), { visibility: 'public' });
  }
});
afterAll(() => ports.stop());

const listeningPort = (server: Server | undefined) => (server?.address() as AddressInfo | undefined)?.port ?? 0;
const post = (host: string, attack: string) => `POST /attack HTTP/1.1\r\nHost: ${host}\r\n${attack}`;

describe('through the gateway', () => {
  it.each(Object.entries({ ...ATTACKS, ...HARMLESS }))('%s makes no second request', async (_name, attack) => {
    await Promise.all(
      BELIEFS.map(async (belief) => {
        const program = programs.get(belief) as NaiveServer;
        program.seen.length = 0;
        await ports.raw(post(nameOf(belief), attack), 150);
        expect(program.seen.map(({ target }) => target)).not.toContain('/smuggled');
        for (const { head } of program.seen) {
          const framing = head.match(/^(content-length|transfer-encoding):/gim) ?? [];
          expect(framing.length, head).toBeLessThanOrEqual(1);
        }
        // Whoever comes next is answered what they asked.
        const victims = await Promise.all(['/one', '/two'].map((path) => ports.get(ports.urlOf(portOf(belief), path))));
        expect(victims.map(({ body }) => body)).toEqual(['/one', '/two']);
      }),
    );
  });
});

describe('through a proxy that copies bytes', () => {
  const proxies = new Map<Belief, Server>();
  beforeAll(async () => {
    for (const belief of BELIEFS) {
      const proxy = createServer((socket: Socket) => {
        const upstream = connect(listeningPort(programs.get(belief)?.server), '127.0.0.1');
        for (const side of [socket, upstream]) side.on('error', () => undefined);
        socket.pipe(upstream).pipe(socket);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      proxies.set(belief, proxy);
    }
  });
  afterAll(() => {
    for (const proxy of proxies.values()) proxy.close();
  });

  it.each(Object.entries(ATTACKS))('%s makes one', async (_name, attack) => {
    const sockets = BELIEFS.map((belief) => {
      (programs.get(belief) as NaiveServer).seen.length = 0;
      const socket = connect(listeningPort(proxies.get(belief)), '127.0.0.1');
      socket.on('error', () => undefined).write(post('x', attack), 'latin1');
      return socket;
    });
    const targets = () => [...programs.values()].flatMap(({ seen }) => seen.map(({ target }) => target));
    await expect.poll(targets, { interval: 5, timeout: 5000 }).toContain('/smuggled');
    for (const socket of sockets) socket.destroy();
  });
});

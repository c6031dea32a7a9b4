/** The net at the edge: what a handler throws ends its own request, and nobody else's. */
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { createLogger, createUncaughtErrors, type UncaughtErrors } from '@drydock/service-kit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestManager } from '../../testing/test-manager.ts';
import { createListener, type Listener } from './listener.ts';

let listener: Listener;
let errors: UncaughtErrors;
let port: number;
beforeEach(async () => {
  errors = createUncaughtErrors({ logger: createLogger('test', 'silent') });
  const fail = (what: string) => {
    throw new Error(`a mistake of ours: ${what}`);
  };
  listener = createListener(
    {
      request(request, response) {
        if (request.url === '/well') return void response.end('well');
        if (request.url === '/half') response.writeHead(200, { 'content-length': 100 }).write('half');
        fail('request');
      },
      upgrade: () => fail('upgrade'),
      malformed: () => fail('malformed'),
    },
    errors,
  );
  await new Promise<void>((resolve) => listener.server.listen(0, '127.0.0.1', resolve));
  port = (listener.server.address() as AddressInfo).port;
});
afterEach(() => listener.close());

/** Sends bytes, and resolves with all that comes until the end. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => undefined).on('close', () => resolve(answer));
  });
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const well = () => expect(send(get('/well', 'Connection: close\r\n'))).resolves.toMatch(/^HTTP\/1.1 200 .*well$/s);

it.each([
  ['a request', get('/'), /^HTTP\/1.1 500 /, 'request'],
  ['a request that has half of its answer', get('/half'), /^(HTTP\/1.1 200 .*half)?$/s, 'request'],
  ['an upgrade', get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'), /^$/, 'upgrade'],
  ['what is no request', 'NONE\r\n\r\n', /^$/, 'malformed'],
])(
  '%s whose handler throws is ended, counted with its stack, and others are served',
  async (_, bytes, answer, where) => {
    expect(await send(bytes)).toMatch(answer);
    expect(errors.count()).toBe(1);
    expect(errors.last()[0]).toMatchObject({ where, stack: expect.stringContaining('a mistake of ours') });
    await well();
  },
);

it('the same holds for HTTP/2: one request has 500, the others of its connection go on', async () => {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const ask = (path: string) =>
    new Promise<string>((resolve) => {
      const stream = session.request({ ':path': path });
      let answer = '';
      stream.on('response', ({ ':status': status }) => {
        answer = `${status} `;
      });
      stream.setEncoding('utf8').on('data', (text) => {
        answer += text;
      });
      stream.on('error', () => undefined).on('close', () => resolve(answer));
    });
  expect(await ask('/')).toBe('500 ');
  expect(await ask('/well')).toBe('200 well');
  expect(errors.count()).toBe(1);
  session.close();
  await well();
});

it('a test of a manager fails when a handler threw in its time', async () => {
  const test = await startTestManager();
  test.watch.errors.report(new Error('seen by nobody'), 'request');
  await expect(test.stop()).rejects.toThrow('seen by nobody');
});

it('the operator sees it: in the figures, and with its stack in the status', async () => {
  const test = await startTestManager({ settings: { metrics: { host: '127.0.0.1', port: 0 } } });
  try {
    const agent = await test.host({ name: 'h1' });
    test.watch.errors.report(new Error('of the manager'), 'request');
    const defaultLimits = { cpus: 1, memoryBytes: 1, diskBytes: 1, pids: 1 };
    const capacity = { cpus: 4, memoryBytes: 1, diskBytes: 1, pool: 1, maxNodes: 4, defaultLimits };
    const uncaught = { count: 3, last: [{ at: 1, where: 'promise', stack: 'of the terminals' }] };
    const processes = [{ process: 'terminals', uncaught, loop: { p99Ms: 4, longestMs: 250 } }] as const;
    agent.sendFact({ kind: 'capacity', capacity: { ...capacity, processes: [...processes] } });
    const metrics = async () => (await fetch(`http://127.0.0.1:${test.manager.metricsPort}/metrics`)).text();
    await expect.poll(metrics).toMatch(/^drydock_uncaught_errors\{process="terminals",host="h1"\} 3$/m);
    expect(await metrics()).toMatch(/^drydock_uncaught_errors\{process="manager",host=""\} 1$/m);
    expect(await metrics()).toMatch(/^drydock_loop_delay_longest_seconds\{process="terminals",host="h1"\} 0.25$/m);
    expect(await metrics()).toMatch(/^drydock_loop_delay_p99_seconds\{process="manager",host=""\} /m);
  } finally {
    await expect(test.stop()).rejects.toThrow('of the manager');
  }
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HostilePlace, type Manner, startHostilePlace } from '../testing/hostile-place.ts';
import { SESSION, TOKEN } from '../testing/place-answers.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
let place: HostilePlace;

beforeEach(async () => {
  place = await startHostilePlace();
});
afterEach(() => place.stop());

const REFUSALS: readonly Manner[] = [
  { kind: 'endless', status: 503, type: 'application/json', zipped: false },
  { kind: 'cut', after: 'some' },
  { kind: 'cut', after: 'nothing' },
  { kind: 'redirect', status: 307, to: 'elsewhere' },
  { kind: 'json', status: 403, value: { error: { code: 'FORBIDDEN', message: '\u001b[2Jno\u009b31m\r\nFAKE: line' } } },
  { kind: 'raw', text: 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n' },
];

it('a forwarded port outlives each refusal of its place, and tells it in a line', async () => {
  let refusal: Manner | undefined;
  place.answer(({ headers }) =>
    headers.upgrade !== undefined && refusal !== undefined ? refusal : { kind: 'json', status: 200, value: SESSION },
  );
  const link = `${place.origin}/s/aaaaaaaa#${TOKEN}`;
  const args = ['--conditions=source', '--import', 'tsx', MAIN, 'forward', '--json', '-s', link, 'node1:80', '0'];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  try {
    const [line] = (await once(createInterface({ input: program.stdout }), 'line')) as [string];
    const port = Number((JSON.parse(line) as { address: string }).address.split(':')[1]);
    for (const manner of REFUSALS) {
      refusal = manner;
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket.resume(), 'close');
    }
    await expect.poll(() => told).toContain('FORBIDDEN');
    expect(program.exitCode).toBeNull();
    expect(told).not.toMatch(/[^\P{Cc}\n]|\n\s+at |INTERNAL|^FAKE/mu);
    expect(place.takeElsewhere()).toEqual([]);
  } finally {
    program.kill();
  }
});

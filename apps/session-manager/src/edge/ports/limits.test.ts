import { Writable } from 'node:stream';
import type { SessionId } from '@drydock/protocol';
import { createManualClock } from '@drydock/service-kit';
import { expect, it } from 'vitest';
import { createPortLimits } from './limits.ts';

const session = 'aaaaaaaa' as SessionId;
const [CONNECTIONS, BYTES] = [3, 1000];

function limitsOf() {
  const clock = createManualClock();
  return { clock, limits: createPortLimits({ connections: CONNECTIONS, bytesPerSecond: BYTES }, clock) };
}

it('a session has so many connections, however often it had none before', () => {
  const { clock, limits } = limitsOf();
  // Each end of the last one begins the forgetting of the account.
  for (let n = 0; n < 8; n += 1) {
    limits.acquire(session)?.();
    clock.advance(1000);
  }
  const held: unknown[] = [];
  for (let n = 0; n < 20; n += 1) {
    held.push(limits.acquire(session));
    clock.advance(700);
  }
  expect(held.filter((release) => release !== undefined)).toHaveLength(CONNECTIONS);
});

it('a debt of bytes is not forgiven by connections that come and go', () => {
  const { clock, limits } = limitsOf();
  const write = (bytes: number) => {
    const release = limits.acquire(session);
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(), highWaterMark: 1 << 20 });
    limits.slow(session, stream);
    const isFree = stream.write(Buffer.alloc(bytes));
    stream.destroy();
    release?.();
    return isFree;
  };
  expect(write(20 * BYTES)).toBe(false);
  // Nineteen seconds of debt; what would forget it every five is held up by each that comes.
  for (let second = 0; second < 15; second += 1) {
    clock.advance(1000);
    expect(write(1)).toBe(false);
  }
});

it('an account that nobody holds is forgotten after a while, and others keep theirs', () => {
  const { clock, limits } = limitsOf();
  const other = 'bbbbbbbb' as SessionId;
  const releases = Array.from({ length: CONNECTIONS }, () => limits.acquire(session));
  expect(limits.acquire(session)).toBeUndefined();
  expect(limits.acquire(other)).toBeDefined();
  for (const release of releases) release?.();
  clock.advance(60_000);
  expect(limits.acquire(session)).toBeDefined();
});

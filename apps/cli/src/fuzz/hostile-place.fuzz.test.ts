import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionIdSchema } from '@drydock/protocol';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { EXIT } from '../failure.ts';
import type { Bounds } from '../place-fetch.ts';
import { run } from '../run.ts';
import { createSessionBook } from '../sessions/session-book.ts';
import { type HostilePlace, type Manner, startHostilePlace } from '../testing/hostile-place.ts';
import { OPERATOR_COMMANDS, SESSION_COMMANDS, TOKEN } from '../testing/place-answers.ts';

const RUNS = 5;
/** Of one call, where an honest place has two minutes (ms). */
const BOUNDS = { answerMs: 150, idleMs: 150, retryMs: 1 };
const SECRET = 'the key of this place';
const CODES: readonly number[] = Object.values(EXIT);

let place: HostilePlace;
let here: string;
let before: string | undefined;

beforeAll(async () => {
  place = await startHostilePlace();
  before = process.env.XDG_STATE_HOME;
});
afterAll(() => place.stop());
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), 'drydock-hostile-'));
  process.env.XDG_STATE_HOME = here;
  writeFileSync(join(here, 'file'), 'x');
  writeFileSync(join(here, 'large'), 'x'.repeat(5 * 1024 * 1024));
  writeFileSync(join(here, 'secret'), SECRET);
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = before;
  rmSync(here, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A run of the program against the place, which begins with one session in its book. */
async function drydock(args: readonly string[], bounds: Bounds = BOUNDS): Promise<Ran> {
  const book = createSessionBook(join(here, 'drydock/sessions'));
  for (const { sessionId } of book.all()) book.remove(sessionId);
  const sessionId = sessionIdSchema.parse('aaaaaaaa');
  book.put({ server: place.origin, sessionId, token: TOKEN, name: 'kept', startedAt: 1 });
  const more: Record<string, string[]> = {
    start: ['--server', place.origin],
    operator: ['--operator', place.origin, '--secret-file', join(here, 'secret')],
  };
  const [command = '', ...rest] = args.map((arg) => arg.replace('{here}', here));
  const ran = { out: '', err: '' };
  const streams = {
    out: (text: string) => {
      ran.out += text;
    },
    err: (text: string) => {
      ran.err += text;
    },
  };
  const code = await run([command, ...(more[command] ?? []), ...rest], streams, bounds);
  return { code, ...ran };
}

/** What a terminal obeys: all controls but the ends of our own lines. */
const CONTROLS = /[^\P{Cc}\n]/u;

/** What holds whatever was answered. */
function judge(args: readonly string[], { code, out, err }: Ran): void {
  const isExec = args[0] === 'exec';
  if (!isExec && !CODES.includes(code)) throw new Error(`exit code ${code}`);
  if (!isExec && CONTROLS.test(out)) throw new Error(`a control character: ${JSON.stringify(out)}`);
  // What a command on a node wrote comes as it is, unless it is within JSON.
  if ((!isExec || args.includes('--json')) && CONTROLS.test(out + err))
    throw new Error(`a control: ${JSON.stringify(err)}`);
  if (/\n\s+at |INTERNAL: /.test(err)) throw new Error(`no sentence: ${err}`);
  if (code !== 0 && !isExec && !/^[\w{"]/.test(err)) throw new Error(`no sentence for ${code}: ${err}`);
  if (code !== 0 && !isExec && err.split('\n').length > 3) throw new Error(`more than a sentence: ${err}`);
  const asked = place.takeElsewhere();
  if (asked.length > 0) throw new Error(`asked elsewhere: ${asked}`);
}

const text = fc.constantFrom(
  '\u001b]52;c;cm0gLXJmIC8K\u0007',
  '\u009b31mred',
  '\u0090q\u009c',
  'a\r\nNOT_FOUND: b',
  '\b\b\b',
  '\u007f',
  '\u202etxt.exe',
  '',
  '../../x',
  'x'.repeat(100_000),
);
const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: text, weight: 3 },
  fc.constantFrom<unknown>(null, [], {}, 0, -1, 1.5, 1e300, 2 ** 53 - 1, true, JSON.parse('{"__proto__":{"x":1}}')),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Places in a value, each a path of keys. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function withValue(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as unknown as Record<string, unknown>)
    : Object.fromEntries(Object.entries(value as object));
  copy[key] = withValue(copy[key], rest, other);
  return copy;
}

/** The honest answer with one to three places spoilt. */
function spoilt(answer: unknown): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.constantFrom(...placesOf(answer)), hostile);
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce((value, [path, other]) => {
      try {
        return withValue(value, path, other);
      } catch {
        return other;
      }
    }, answer),
  );
}

const refusal = fc.record({
  error: fc.record(
    {
      code: fc.oneof(fc.constantFrom('WORK_REQUIRED', 'NO_CAPACITY', 'CONFLICT', 'INTERNAL', 'UNAUTHORIZED'), hostile),
      message: hostile,
      details: fc.oneof(
        hostile,
        fc.record({ challenge: text, bits: fc.constantFrom<unknown>(0, 64, 1000, -1, 0.5, 'x', null) }),
      ),
    },
    { requiredKeys: ['code', 'message'] },
  ),
});
const status = fc.constantFrom(200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 409, 410, 412, 429, 500, 503, 599);

function manner(answer: unknown): fc.Arbitrary<Manner> {
  const type = fc.constantFrom('application/json', 'text/html', 'application/x-tar', 'application/octet-stream');
  return fc.oneof(
    {
      arbitrary: fc.record({ kind: fc.constant('json' as const), status: fc.constant(200), value: spoilt(answer) }),
      weight: 5,
    },
    {
      arbitrary: fc.record({ kind: fc.constant('json' as const), status, value: fc.oneof(refusal, hostile) }),
      weight: 4,
    },
    fc.record({
      kind: fc.constant('text' as const),
      status,
      type,
      text: fc.constantFrom('<h1>Hello', '', '{', '['.repeat(1e5)),
    }),
    fc.record({
      kind: fc.constant('redirect' as const),
      status: fc.constantFrom(301, 302, 303, 307, 308),
      to: fc.constantFrom('elsewhere' as const, 'itself' as const),
    }),
    fc.record({
      kind: fc.constant('cut' as const),
      after: fc.constantFrom('nothing' as const, 'headers' as const, 'some' as const),
    }),
    fc.record({
      kind: fc.constant('raw' as const),
      text: fc.constantFrom(
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffff\r\n{}',
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
        'HTTP/1.1 429 No\r\nretry-after: 1e300\r\ncontent-length: 0\r\n\r\n',
        'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n{}',
        'HTTP/1.1 999 \u001b[31m\r\ncontent-length: 0\r\n\r\n',
        'SSH-2.0-OpenSSH\r\n',
      ),
    }),
  );
}

const ENDLESS: readonly Manner[] = [
  { kind: 'endless', status: 200, type: 'application/json', zipped: false },
  { kind: 'endless', status: 500, type: 'application/json', zipped: false },
  { kind: 'endless', status: 200, type: 'application/json', zipped: true },
  { kind: 'endless-headers' },
];
const SLOW: readonly Manner[] = [{ kind: 'drip', status: 200 }, { kind: 'drip', status: 503 }, { kind: 'silence' }];
/** One of each way to read an answer: all commands would be minutes. */
const FEW: readonly (readonly string[])[] = [
  ['list'],
  ['extend'],
  ['exec', '--timeout', '0.01', 'node1', 'true'],
  ['cp', '{here}/file', 'node1:/srv/'],
  ['operator', 'audit'],
];

describe('whatever a place answers, a command ends with a sentence and a code of its own', () => {
  it.each(inject('seeds'))('on a session (seed %i)', async (seed) => {
    for (const [args, answer] of SESSION_COMMANDS) {
      await fc.assert(
        fc.asyncProperty(manner(answer), manner(answer), async (first, second) => {
          let calls = 0;
          place.answer(() => (calls++ % 2 === 0 ? first : second));
          judge(args, await drydock(args));
        }),
        { numRuns: RUNS, seed, endOnFailure: true },
      );
    }
  });

  it.each(inject('seeds'))('of an operator (seed %i)', async (seed) => {
    for (const [args, answer] of OPERATOR_COMMANDS) {
      await fc.assert(
        fc.asyncProperty(manner(answer), async (how) => {
          place.answer(() => how);
          judge(args, await drydock(args));
        }),
        { numRuns: RUNS, seed, endOnFailure: true },
      );
    }
  });

  it.each(ENDLESS)('over an answer that does not end: %j', async (how) => {
    for (const args of FEW) {
      place.answer(() => how);
      // No time ends it: what is read of it does.
      judge(args, await drydock(args, { ...BOUNDS, answerMs: 60_000, idleMs: 60_000 }));
    }
  });

  it.each(SLOW)('over an answer that does not come: %j', async (how) => {
    // A copy goes on for as long as bytes come.
    const copies = how.kind === 'drip' && how.status === 200 ? [] : [['cp', 'node1:/etc/hosts', '{here}/got']];
    for (const args of [...FEW, ...copies]) {
      place.answer(() => how);
      judge(args, await drydock(args, { ...BOUNDS, answerMs: 40, idleMs: 40 }));
    }
  });

  it('each of them by an honest answer: a fuzz that is refused everywhere has tried nothing', async () => {
    for (const [args, answer] of [...SESSION_COMMANDS, ...OPERATOR_COMMANDS]) {
      // What does not go on is no honest answer.
      if (args.includes('{here}/large')) continue;
      place.answer(({ method }) =>
        answer === undefined || method === 'HEAD'
          ? { kind: 'text', status: 200, type: 'application/json', text: '{}' }
          : { kind: 'json', status: 200, value: answer },
      );
      expect([args, await drydock(args)]).toMatchObject([args, { code: 0 }]);
    }
  });
});

it('no session is forgotten because of somebody else’s page', async () => {
  place.answer(() => ({ kind: 'text', status: 200, type: 'text/html', text: '<h1>Sign in to this network</h1>' }));
  expect(await drydock(['end'])).toMatchObject({ code: EXIT.unavailable, err: expect.stringMatching(/^BAD_ANSWER: /) });
  expect(createSessionBook(join(here, 'drydock/sessions')).all()).toHaveLength(1);
});

it('a place that sends a call elsewhere is told, and what it carries goes nowhere', async () => {
  place.answer(() => ({ kind: 'redirect', status: 307, to: 'elsewhere' }));
  for (const args of [['exec', 'node1', 'true'], ['extend'], ['operator', 'audit']]) {
    expect((await drydock(args)).err).toMatch(/^BAD_ANSWER: .*307/);
  }
  expect(place.takeElsewhere()).toEqual([]);
});

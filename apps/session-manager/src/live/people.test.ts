/** Who is in a session, told by managers that may come, go and die. */
import { type Person, type SessionChange, type SessionId, sessionIdSchema } from '@drydock/protocol';
import { expect, test } from 'vitest';
import { createPeople } from './people.ts';

const SESSION = sessionIdSchema.parse('abcdefgh');
const here = (name: string) => ({ browser: `b-${name}`, name, terminalId: null });
const names = (people: Person[]) => people.map(({ name }) => name).sort();

/** Managers joined by a bus that delivers at once; `alive` are the lives that beats name. */
function managers(...lives: string[]) {
  const alive = new Set(lives);
  const listeners = new Map<string, (from: string, sessionId: SessionId, change: SessionChange) => void>();
  const beats: (() => void)[] = [];
  const told: Record<string, SessionChange[]> = {};
  const people = Object.fromEntries(
    lives.map((life) => {
      told[life] = [];
      const tell = (change: SessionChange) => void told[life]?.push(change);
      const board = createPeople({
        feed: { publish: (_session, change) => tell(change) },
        bus: {
          publish(sessionId, change) {
            tell(change);
            for (const [other, listener] of listeners)
              if (other !== life && alive.has(other)) listener(life, sessionId, change);
          },
          onOthers: (listener) => void listeners.set(life, listener),
        },
        presence: { isAlive: (life) => alive.has(life), onBeat: (listener) => void beats.push(listener) },
      });
      return [life, board];
    }),
  );
  const of = (life: string) => names(people[life]?.of(SESSION) ?? []);
  const join = (life: string, name?: string) => {
    const handle = people[life]?.join(SESSION, 'viewer');
    if (handle === undefined) throw new Error(life);
    if (name !== undefined) handle.update(here(name));
    return handle;
  };
  return { alive, told, of, join, beat: () => void beats.map((each) => each()) };
}

test('whoever comes learns of all who are there, also through another manager', () => {
  const { join, of } = managers('a', 'b');
  join('a', 'Ada');
  expect(of('b')).toEqual([]);
  join('b', 'Bo');
  expect(of('a')).toEqual(['Ada', 'Bo']);
  expect(of('b')).toEqual(['Ada', 'Bo']);
});

test('a page is told of when it says who it is, and forgotten when it goes', () => {
  const { join, of, told } = managers('a', 'b');
  join('b', 'Bo');
  const silent = join('a');
  expect(of('a')).toEqual([]);
  silent.update(here('Ada'));
  silent.leave();
  silent.update(here('Ada again'));
  expect(of('b')).toEqual(['Bo']);
  expect(told.a?.at(-1)?.kind).toBe('person-gone');
});

test('people of a manager that died go at the next beat, and this manager’s pages are told', () => {
  const { alive, beat, join, of, told } = managers('a', 'b');
  join('a', 'Ada');
  join('b', 'Bo');
  alive.delete('b');
  expect(of('a')).toEqual(['Ada', 'Bo']);
  beat();
  expect(of('a')).toEqual(['Ada']);
  expect(told.a?.at(-1)?.kind).toBe('person-gone');
});

test('a manager that all of a session left and came back to learns of the others again', () => {
  const { join, of } = managers('a', 'b');
  join('a', 'Ada');
  join('b', 'Bo').leave();
  join('b', 'Bo');
  expect(of('b')).toEqual(['Ada', 'Bo']);
});

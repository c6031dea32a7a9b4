/** People as the page shows them: one a browser, oneself first. */
import type { Person } from '@drydock/protocol';
import { expect, test } from 'vitest';
import { groupPeople } from './people.ts';

const page = (browser: string, more: Partial<Person> = {}): Person => ({
  id: `p-${Math.random()}`,
  browser,
  right: 'owner',
  name: null,
  terminalId: null,
  ...more,
});

test('the tabs of one browser are one person, with the name and terminal that any of them has', () => {
  const people = [page('b1', { name: 'Ada', terminalId: 't1' }), page('b2'), page('b1')];
  expect(groupPeople(people, 'b2')).toEqual([
    { browser: 'b2', name: null, right: 'owner', terminalId: null, isMe: true },
    { browser: 'b1', name: 'Ada', right: 'owner', terminalId: 't1', isMe: false },
  ]);
});

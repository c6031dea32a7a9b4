import { isSessionId, newSessionId, type SessionId, sessionIdSchema } from '@drydock/protocol';
import { expect, expectTypeOf, test } from 'vitest';

function endOf(sessionId: SessionId): string {
  return `end of ${sessionId}`;
}

test('the compiler takes no other text for a session’s id', () => {
  const node: string = 'node1';
  // @ts-expect-error a node’s name is no session’s id.
  expect(endOf(node)).toBe('end of node1');
  // @ts-expect-error nor is a text that merely looks like one: it is parsed first.
  expect(endOf('abcdefgh')).toBe('end of abcdefgh');
  expect(endOf(sessionIdSchema.parse('abcdefgh'))).toBe('end of abcdefgh');
  expectTypeOf<SessionId>().toExtend<string>();
});

test('a text is a session’s id when it has the form, and a made one always has', () => {
  expect(['abcdefgh', 'ABCDEFGH', 'abcdefg', 'abcdefg1', '', undefined].map(isSessionId)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(isSessionId(newSessionId(Uint8Array.from({ length: 8 }, (_, index) => index * 31)))).toBe(true);
});

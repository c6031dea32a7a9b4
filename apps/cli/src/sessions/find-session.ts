/** Which session a command is about: the one that is named, or the only one that is kept here. */
import { readSessionLink, type SessionPlace } from '@drydock/client';
import { EXIT, Failure } from '../failure.ts';
import type { SessionBook } from './session-book.ts';

/**
 * @param named a link, the id of a kept session or its beginning; undefined for the only one
 * @throws Failure NO_SESSION, SEVERAL_SESSIONS, BAD_LINK
 */
export function findSession(named: string | undefined, book: SessionBook): SessionPlace {
  if (named?.includes('/')) {
    const place = readSessionLink(named);
    if (place !== undefined) return place;
    throw new Failure(
      'BAD_LINK',
      'That is no link of a session.',
      EXIT.usage,
      'https://lab.example/s/<session>#<token>',
    );
  }
  const all = book.all().filter(({ sessionId }) => named === undefined || sessionId.startsWith(named));
  const [first, ...others] = all;
  if (first === undefined) {
    throw new Failure(
      'NO_SESSION',
      named === undefined ? 'No session was started here.' : `No session ${named} is kept here.`,
      EXIT.noInput,
      'Start one (drydock start), or name one by its link: --session LINK',
    );
  }
  if (others.length > 0) {
    throw new Failure(
      'SEVERAL_SESSIONS',
      `It could be one of several sessions: ${all.map(({ sessionId }) => sessionId).join(', ')}.`,
      EXIT.usage,
      'Name one: --session ID',
    );
  }
  return first;
}

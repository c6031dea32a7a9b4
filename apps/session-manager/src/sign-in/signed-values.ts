/** Values that a browser keeps for us and cannot change: signed, named by their purpose, and with an end. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@drydock/service-kit';

export interface SignedValues {
  /** `value` in a form that is safe in a cookie and good for `ttlMs`; a `salt` makes equal values differ. */
  seal(value: unknown, ttlMs: number, salt?: string): string;
  /** The value, or undefined for what was changed, is of another purpose, or has ended. It still has to be parsed. */
  open(text: string | undefined): unknown;
}

/** Longer ones are none of ours (bytes). */
const MAX_LENGTH = 3500;

/** Builds them for one `purpose`, so that a value for one thing is good for nothing else. */
export function createSignedValues(deps: { secret: string; purpose: string; clock: Clock }): SignedValues {
  const { secret, purpose, clock } = deps;
  const key = createHmac('sha256', secret).update(`drydock/${purpose}`).digest();
  const sign = (payload: string) => createHmac('sha256', key).update(payload).digest('base64url');
  return {
    seal(value, ttlMs, salt) {
      const payload = Buffer.from(JSON.stringify({ value, until: clock.now() + ttlMs, salt })).toString('base64url');
      return `${payload}.${sign(payload)}`;
    },
    open(text) {
      if (text === undefined || text.length > MAX_LENGTH) return undefined;
      const [payload = '', given = ''] = text.split('.');
      const wanted = Buffer.from(sign(payload));
      const offered = Buffer.from(given);
      if (wanted.length !== offered.length || !timingSafeEqual(wanted, offered)) return undefined;
      const { value, until } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
        value: unknown;
        until: number;
      };
      return until > clock.now() ? value : undefined;
    },
  };
}

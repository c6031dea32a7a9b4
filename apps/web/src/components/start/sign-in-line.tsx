/** Who one is here, where the operator asks that; nothing where nobody signs in. */
'use client';

import type { MeResponse } from '@drydock/protocol';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';

const text = strings.landing.signIn;
const LINK = 'text-accent underline decoration-1 underline-offset-4 hover:decoration-2';

/** Where the way to the issuer begins: a page, not a call. */
export const SIGN_IN_PATH = `${basePath}/api/v1/sign-in`;

export function SignInLine({ me, onSignOut }: { me: MeResponse | null; onSignOut: () => void }) {
  if (me === null || me.signIn === 'off') return null;
  if (me.user === null) {
    return (
      <p className="text-ink-3 text-sm">
        {me.signIn === 'required' ? text.required : text.optional}{' '}
        {me.signIn === 'optional' && (
          <a href={SIGN_IN_PATH} className={LINK}>
            {text.link}
          </a>
        )}
      </p>
    );
  }
  return (
    <p className="text-ink-3 text-sm">
      {text.as(me.user.name, me.user.sessions, me.user.maxSessions)}{' '}
      <button type="button" onClick={onSignOut} className={LINK}>
        {text.out}
      </button>
    </p>
  );
}

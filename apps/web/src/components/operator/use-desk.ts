/** The state of the operator's page: who looks, what there is, asked again while somebody looks. */
'use client';

import { ApiError } from '@drydock/client/http';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Desk, lookAtDesk, signInByLink, takeToken, whoAmI } from '../../workbench/operator/operator-desk.ts';
import { fetchMe } from '../../workbench/start/start-session.ts';

/** Between two looks (ms). */
const REFRESH_MS = 4000;

export type DeskState =
  | { kind: 'checking' }
  /** `canSignIn`: the place has an issuer, which may call somebody an operator. */
  | { kind: 'closed'; message: string | null; canSignIn: boolean }
  | { kind: 'open'; by: string; desk: Desk | null; away: boolean };

const isClosed = (error: unknown) =>
  error instanceof ApiError && ['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED'].includes(error.code);

export function useDesk(): { state: DeskState; refresh: () => Promise<void> } {
  const [state, setState] = useState<DeskState>({ kind: 'checking' });
  const began = useRef(false);

  const refresh = useCallback(async () => {
    try {
      const desk = await lookAtDesk();
      setState((before) => (before.kind === 'open' ? { ...before, desk, away: false } : before));
    } catch (error) {
      setState((before) => {
        if (before.kind !== 'open') return before;
        return isClosed(error) ? { kind: 'closed', message: null, canSignIn: false } : { ...before, away: true };
      });
    }
  }, []);

  useEffect(() => {
    // A link is good once: React's second run of effects must not spend it again.
    if (began.current) return;
    began.current = true;
    const token = takeToken();
    const enter = async () => {
      if (token !== null) await signInByLink(token);
      const { by } = await whoAmI();
      setState({ kind: 'open', by, desk: null, away: false });
      await refresh();
    };
    enter().catch((error: unknown) => {
      const message = token !== null || !isClosed(error) ? (error as Error).message : null;
      setState({ kind: 'closed', message, canSignIn: false });
      fetchMe().then(
        ({ signIn }) => {
          if (signIn !== 'off') setState({ kind: 'closed', message, canSignIn: true });
        },
        () => undefined,
      );
    });
  }, [refresh]);

  const isOpen = state.kind === 'open';
  useEffect(() => {
    if (!isOpen) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [isOpen, refresh]);

  return { state, refresh };
}

/** The state of pressing Start: starting, refused for want of room (and tried again by itself), or failed with a reason. */
'use client';

import { ApiError } from '@drydock/client/http';
import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import type { StackLink } from '../../workbench/start/stack-link.ts';
import { startSession } from '../../workbench/start/start-session.ts';

/** Between two attempts when the server is full and does not say when to come back (ms). */
const RETRY_MS = 15_000;

export type StartState =
  | { kind: 'idle' }
  | { kind: 'starting'; template: string | null }
  | {
      kind: 'full';
      template: string | null;
      name: string | null;
      place: number | null;
      estimateMs: number | null;
      retryAt: number;
    }
  | { kind: 'failed'; message: string };

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function afterError(error: unknown, template: string | null, name: string | null): StartState {
  if (!(error instanceof ApiError)) return { kind: 'failed', message: strings.landing.failed };
  if (error.code !== 'NO_CAPACITY') return { kind: 'failed', message: error.message };
  const seconds = numberOf(error.details.estimateSeconds);
  return {
    kind: 'full',
    template,
    name,
    place: numberOf(error.details.queuePlace),
    estimateMs: seconds === null ? null : seconds * 1000,
    retryAt: Date.now() + (error.retryAfterMs ?? RETRY_MS),
  };
}

export function useStart(stack: StackLink | null, lab: string | null = null) {
  const router = useRouter();
  const [state, setState] = useState<StartState>({ kind: 'idle' });

  const start = useCallback(
    async (template: string | null, name: string | null = null) => {
      setState({ kind: 'starting', template });
      try {
        router.push(await startSession({ template, name, stack, lab }));
      } catch (error) {
        setState(afterError(error, template, name));
      }
    },
    [router, stack, lab],
  );

  useEffect(() => {
    if (state.kind !== 'full') return;
    const timer = setTimeout(() => void start(state.template, state.name), Math.max(0, state.retryAt - Date.now()));
    return () => clearTimeout(timer);
  }, [state, start]);

  return { state, start, stop: () => setState({ kind: 'idle' }) };
}

/** Capacity and templates for the start page; capacity is asked again while somebody looks. */
'use client';

import type { TemplateView } from '@drydock/protocol';
import { useEffect, useState } from 'react';
import { type Capacity, fetchCapacity, fetchTemplates } from '../../workbench/start/start-session.ts';

/** Between two looks at the capacity (ms). */
const REFRESH_MS = 10_000;

export type Loaded<T> = { kind: 'loading' } | { kind: 'ready'; value: T } | { kind: 'failed' };

export function useTemplates(): Loaded<TemplateView[]> {
  const [templates, setTemplates] = useState<Loaded<TemplateView[]>>({ kind: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    fetchTemplates(abort.signal).then(
      (value) => setTemplates({ kind: 'ready', value }),
      () => abort.signal.aborted || setTemplates({ kind: 'failed' }),
    );
    return () => abort.abort();
  }, []);
  return templates;
}

export function useCapacity(): Loaded<Capacity> {
  const [capacity, setCapacity] = useState<Loaded<Capacity>>({ kind: 'loading' });
  useEffect(() => {
    const abort = new AbortController();
    const look = () => {
      if (document.visibilityState === 'hidden') return;
      fetchCapacity(abort.signal).then(
        (value) => setCapacity({ kind: 'ready', value }),
        () => abort.signal.aborted || setCapacity({ kind: 'failed' }),
      );
    };
    look();
    const timer = setInterval(look, REFRESH_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      abort.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return capacity;
}

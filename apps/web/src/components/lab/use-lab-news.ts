/** What screen readers are told of a lab: checks that passed, steps that are done. */
'use client';

import type { ReaderLab } from '@drydock/lab';
import { readerLeafTitle } from '@drydock/lab';
import type { LabView } from '@drydock/protocol';
import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { leavesIn } from './checks.tsx';

const text = strings.labs;

function newsOf(lab: ReaderLab, before: LabView, after: LabView): string | undefined {
  const wasDone = new Set(before.steps.filter(({ doneAt }) => doneAt !== undefined).map(({ id }) => id));
  const done = after.steps.find(({ id, doneAt }) => doneAt !== undefined && !wasDone.has(id));
  if (done !== undefined) {
    const isLast = after.steps.every(({ doneAt }) => doneAt !== undefined);
    return isLast ? text.allDone : text.doneNow(lab.steps.find(({ id }) => id === done.id)?.title ?? '');
  }
  if (before.step !== after.step) return undefined;
  const had = new Set(before.leaves.filter(({ passedAt }) => passedAt !== undefined).map(({ key }) => key));
  const passed = after.leaves.find(({ key, passedAt }) => passedAt !== undefined && !had.has(key));
  const leaf = lab.steps.flatMap(({ checks }) => leavesIn(checks)).find(({ key }) => key === passed?.key);
  return leaf === undefined ? undefined : text.checkPassed(readerLeafTitle(leaf));
}

/** The last thing to be said. */
export function useLabNews(lab: ReaderLab, view: LabView): string {
  const [said, setSaid] = useState('');
  const before = useRef(view);
  useEffect(() => {
    const news = newsOf(lab, before.current, view);
    before.current = view;
    if (news !== undefined) setSaid(news);
  }, [lab, view]);
  return said;
}

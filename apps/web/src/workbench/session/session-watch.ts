/** Turns facts of the session into messages: time running out, nodes that were lost, memory that ran out. */
import type { SessionChange } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import type { Notices } from '../base/notices.ts';
import type { WorkbenchData, WorkbenchStore } from './workbench-store.ts';

const MINUTE_MS = 60_000;
/** Minutes before the end at which the page speaks up. */
const WARNINGS = [10, 5, 1];

/** The time that a session has left by the server's clock (ms). */
export function timeLeft(store: WorkbenchStore): number | null {
  const { data, clockSkewMs } = store.getState();
  return data === null ? null : data.session.expiresAt - (Date.now() + clockSkewMs);
}

/** The warning to give now, if the time left went below its mark since `before` (minutes). */
export function dueWarning(beforeMs: number, nowMs: number): number | null {
  const crossed = WARNINGS.filter((minutes) => beforeMs > minutes * MINUTE_MS && nowMs <= minutes * MINUTE_MS);
  return crossed.at(-1) ?? null;
}

export interface SessionWatchDeps {
  store: WorkbenchStore;
  notices: Notices;
  extend(): void;
}

/** Watches until the function that is returned is called. */
export function watchSession({ store, notices, extend }: SessionWatchDeps): () => void {
  let before = Number.POSITIVE_INFINITY;
  const timer = setInterval(() => {
    const left = timeLeft(store);
    if (left === null) return;
    const minutes = dueWarning(before, left);
    before = left;
    if (minutes === null || left <= 0) return;
    const action =
      store.getState().data?.right === 'owner' ? { label: strings.workbench.extendBy(1), run: extend } : undefined;
    notices.show({ kind: 'warning', title: strings.workbench.warning(minutes), ...(action ? { action } : {}) });
  }, 1000);

  function onChange(change: SessionChange, { session }: WorkbenchData): void {
    if (change.kind === 'node-gone' && change.reason !== 'deleted') {
      notices.show({ kind: 'error', title: strings.nodes.gone[change.reason](change.name) });
    }
    if (change.kind === 'progress' && change.failed) {
      notices.show({ kind: 'error', title: strings.errors.template, text: change.text });
    }
    // The end of the time is told by this page's own countdown.
    if (change.kind === 'warning' && change.reason === 'idle') {
      notices.show({ kind: 'warning', title: strings.workbench.idleWarning(change.minutes) });
    }
    if (change.kind === 'node') {
      const before = session.nodes.find(({ name }) => name === change.node.name);
      if (change.node.state === 'lost' && before !== undefined && before.state !== 'lost') {
        notices.show({ kind: 'error', title: strings.nodes.gone.lost(change.node.name) });
      }
      const known = before?.usage?.oomKills ?? 0;
      const kills = change.node.usage?.oomKills ?? 0;
      if (kills <= known) return;
      notices.show({ kind: 'warning', title: `${change.node.name}: ${strings.nodes.ooms(kills - known)}.` });
    }
  }
  const unsubscribe = store.onChange(onChange);
  return () => {
    clearInterval(timer);
    unsubscribe();
  };
}

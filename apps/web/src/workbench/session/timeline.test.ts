import { type SessionSnapshot, sessionIdSchema, type TimelineEntry, timelineKindSchema } from '@drydock/protocol';
import { expect, test, vi } from 'vitest';
import { createTimeline, mergeEntries } from './timeline.ts';
import { reportOf, sentenceOf } from './timeline-text.ts';
import { createWorkbenchStore } from './workbench-store.ts';

const entry = (id: string, change: Partial<TimelineEntry> = {}): TimelineEntry => ({
  id,
  at: Date.parse('2026-11-24T01:02:03Z'),
  kind: 'container-died',
  node: 'node1',
  subject: 'web',
  ref: '0123456789abcdef',
  detail: 'exit code 137',
  ...change,
});
const ids = (entries: readonly TimelineEntry[]) => entries.map(({ id }) => id);

test('what was fetched and what came since make one list, each entry once and in order', () => {
  const merged = mergeEntries([entry('10-1'), entry('9-0')], [entry('10-0'), entry('10-1'), entry('100-0')]);
  expect(ids(merged)).toEqual(['9-0', '10-0', '10-1', '100-0']);
  const many = Array.from({ length: 700 }, (_, at) => entry(`${at}-0`));
  expect(mergeEntries(many, [])).toHaveLength(500);
  expect(mergeEntries(many, []).at(-1)?.id).toBe('699-0');
});

test('the past is fetched when it is wanted, and again after a break', async () => {
  const store = createWorkbenchStore();
  const fetchAll = vi.fn(async () => [entry('1-0')]);
  const timeline = createTimeline(store, fetchAll);
  store.snapshot({ seq: 1, session: { now: Date.now() } } as SessionSnapshot);
  store.change({ seq: 2, change: { kind: 'timeline', entry: entry('2-0') } });
  expect(ids(timeline.getState().entries)).toEqual(['2-0']);
  expect(fetchAll).not.toHaveBeenCalled();
  timeline.want();
  await expect.poll(() => ids(timeline.getState().entries)).toEqual(['1-0', '2-0']);
  timeline.want();
  store.connection({ kind: 'offline', since: 0, retryAt: 0 });
  store.connection({ kind: 'online', since: 0 });
  expect(fetchAll).toHaveBeenCalledTimes(2);
});

test('a report names time, node, subject and every id on a line of its own', () => {
  expect(reportOf(sessionIdSchema.parse('abcdefgh'), [entry('5-0')]).split('\n')[1]).toBe(
    '2026-11-24T01:02:03.000Z node1    container-died    web exit code 137 (0123456789ab) [5-0]',
  );
});

test('every kind has a sentence that says what it happened to', () => {
  for (const kind of timelineKindSchema.options) {
    expect(sentenceOf(entry('1-0', { kind })).length, kind).toBeGreaterThan(5);
    expect(sentenceOf(entry('1-0', { kind, subject: undefined, detail: undefined })), kind).not.toMatch(/undefined/);
  }
  expect(sentenceOf(entry('1-0'))).toContain('exit code 137');
});

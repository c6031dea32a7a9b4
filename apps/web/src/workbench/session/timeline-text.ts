/** The timeline as sentences, and as plain text for a bug report. */
import type { SessionId, TimelineEntry } from '@drydock/protocol';
import { strings } from '../../strings.ts';

/** Docker's ids as its own commands print them (characters). */
const SHORT_ID = 12;

/** What happened, as a person says it. */
export function sentenceOf({ kind, node = '', subject = '', detail = '' }: TimelineEntry): string {
  return strings.timeline.sentences[kind](subject, detail, node);
}

/** One line of a report: when, where, what, and every id. */
export function lineOf(entry: TimelineEntry): string {
  const { id, at, kind, node, subject, ref, detail } = entry;
  const parts = [new Date(at).toISOString(), (node ?? '-').padEnd(8), kind.padEnd(17), subject, detail];
  const ids = ref === undefined ? `[${id}]` : `(${ref.slice(0, SHORT_ID)}) [${id}]`;
  return [...parts.filter((part) => part !== undefined && part !== ''), ids].join(' ');
}

/** The whole report of a session, the oldest entry first. */
export function reportOf(sessionId: SessionId, entries: readonly TimelineEntry[]): string {
  return [strings.timeline.reportTitle(sessionId), ...entries.map(lineOf), ''].join('\n');
}

/** What happened in the session, the latest first, beside the terminals; copyable as text for a bug report. */
'use client';

import type { TimelineEntry, TimelineKind } from '@drydock/protocol';
import {
  Boxes,
  CircleAlert,
  CircleDot,
  ClipboardCopy,
  Container,
  Download,
  Link2,
  type LucideIcon,
  Plug,
  Server,
  TriangleAlert,
} from 'lucide-react';
import { useEffect } from 'react';
import { strings } from '../../strings.ts';
import { reportOf, sentenceOf } from '../../workbench/session/timeline-text.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { useCopy } from '../nodes/use-copy.ts';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { ScrollRegion } from '../ui/scroll-region.tsx';

const text = strings.timeline;
const ALARMS: ReadonlySet<TimelineKind> = new Set([
  ...(['container-oom', 'node-oom', 'node-lost', 'docker-down', 'template-failed'] as const),
]);
const SIGNS: Record<string, LucideIcon> = {
  container: Container,
  image: Download,
  service: Boxes,
  swarm: Boxes,
  node: Server,
  docker: Server,
  port: Plug,
  link: Link2,
  events: TriangleAlert,
};

function Entry({ entry }: { entry: TimelineEntry }) {
  const { at, kind, node, ref } = entry;
  const isAlarm = ALARMS.has(kind) || (kind === 'container-died' && entry.detail !== 'exit code 0');
  const Sign = isAlarm ? CircleAlert : (SIGNS[kind.slice(0, kind.indexOf('-'))] ?? CircleDot);
  const time = new Date(at);
  return (
    <li className="flex items-baseline gap-2.5 border-line/60 border-b py-1.5 text-[13px] motion-safe:animate-[fade_300ms_ease-out]">
      <time dateTime={time.toISOString()} title={time.toISOString()} className="shrink-0 text-ink-3 tabular-nums">
        {time.toLocaleTimeString(undefined, { hour12: false })}
      </time>
      <Sign
        size={14}
        className={cn('shrink-0 translate-y-0.5', isAlarm ? 'text-danger' : 'text-ink-3')}
        aria-hidden="true"
      />
      <span className="min-w-0 flex-1 break-words">
        <span className="mr-1 font-[600]">{node ?? text.session}</span> {sentenceOf(entry)}
        {ref !== undefined && <span className="ml-1.5 font-mono text-[11.5px] text-ink-3">{ref.slice(0, 12)}</span>}
      </span>
    </li>
  );
}

export function TimelinePanel() {
  const { timeline, workspace, sessionId } = useWorkbench();
  const copy = useCopy();
  const { entries, problem, loaded } = useValue(timeline);
  useEffect(() => timeline.want(), [timeline]);

  return (
    <section
      aria-label={text.title}
      className="absolute inset-0 flex flex-col"
      onFocusCapture={() => workspace.focused('timeline')}
    >
      <div className="flex shrink-0 items-center justify-between gap-3 border-line border-b px-3 py-1.5">
        <p className="@max-md/tile:sr-only min-w-0 text-[12.5px] text-ink-2">{text.hint}</p>
        <Button
          size="sm"
          disabled={entries.length === 0}
          onClick={() => void copy(reportOf(sessionId, entries), text.copied)}
        >
          <ClipboardCopy size={15} aria-hidden="true" />
          {text.copy}
        </Button>
      </div>
      {problem !== null && (
        <p role="alert" className="flex items-center gap-3 bg-warn-soft px-3 py-2 text-[13px]">
          <span className="flex-1">
            {text.failed} <span className="text-ink-2">{problem}</span>
          </span>
          <Button size="sm" onClick={() => timeline.want()}>
            {strings.workbench.retry}
          </Button>
        </p>
      )}
      <ScrollRegion label={text.hint} className="min-h-0 flex-1 overflow-y-auto px-3">
        {entries.length === 0 && loaded && <p className="py-4 text-[13px] text-ink-3">{text.empty}</p>}
        <ol>
          {[...entries].reverse().map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      </ScrollRegion>
    </section>
  );
}

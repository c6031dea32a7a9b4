/** Sessions this browser can go back to. */
'use client';

import type { TemplateView } from '@drydock/protocol';
import { X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { formatDuration } from '../../workbench/base/format.ts';
import {
  forgetEnded,
  forgetSession,
  type RecentSession,
  recentSessions,
  sessionPath,
  subscribeRecent,
} from '../../workbench/session/recent-sessions.ts';
import { IconButton } from '../ui/button.tsx';
import type { Loaded } from './use-landing-data.ts';

const text = strings.landing;
const none: readonly RecentSession[] = [];

/** A session by its name, else by what it was made from. */
function nameOf({ name, template, id }: RecentSession, templates: Loaded<TemplateView[]>): string {
  if (name) return name;
  const made = templates.kind === 'ready' ? templates.value.find((each) => each.id === template) : undefined;
  return made?.title ?? (template === undefined ? id : text.emptySession);
}

const clockOf = (at: number) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function RecentRow({ session, templates }: { session: RecentSession; templates: Loaded<TemplateView[]> }) {
  const name = nameOf(session, templates);
  const { createdAt, right, expiresAt } = session;
  const facts = [
    ...(createdAt === undefined ? [] : [text.startedAt(clockOf(createdAt))]),
    ...(right === 'owner' ? [] : [text.right[right]]),
    text.leftOf(formatDuration(expiresAt - Date.now())),
  ];
  return (
    <li className="flex items-center gap-3 border-line border-t py-1 text-sm">
      <a
        href={basePath + sessionPath(session.id, session.token)}
        aria-label={text.rejoin(name)}
        className="group flex min-w-0 flex-1 items-center gap-3 py-1.5 coarse:min-h-11"
      >
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="truncate font-[600]">{name}</span>
          <span className="truncate text-[12.5px] text-ink-3">{facts.join(' · ')}</span>
        </span>
        <span
          aria-hidden="true"
          className="inline-flex h-8 shrink-0 items-center rounded-md border border-edge/60 bg-surface px-2.5 font-[560] text-[13px] group-hover:border-edge"
        >
          {text.continue}
        </span>
      </a>
      <IconButton label={text.forget(name)} onClick={() => forgetSession(session.id)}>
        <X size={15} aria-hidden="true" />
      </IconButton>
    </li>
  );
}

export function RecentSessionsList({ templates }: { templates: Loaded<TemplateView[]> }) {
  const sessions = useSyncExternalStore(subscribeRecent, recentSessions, () => none);
  useEffect(() => forgetEnded(Date.now()), []);
  if (sessions.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className="caption mb-2 text-ink-3">
        {text.recent}
      </h2>
      <ul>
        {sessions.slice(0, 4).map((session) => (
          <RecentRow key={session.id} session={session} templates={templates} />
        ))}
      </ul>
      <p className="border-line border-t pt-2 text-[13px] text-ink-3">{text.recentNote}</p>
    </section>
  );
}

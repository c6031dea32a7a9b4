/** Sessions this browser can go back to. */
'use client';

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

const text = strings.landing;
const none: readonly RecentSession[] = [];

function RecentRow({ session }: { session: RecentSession }) {
  const name = session.name ?? session.id;
  return (
    <li className="flex items-center gap-3 border-line border-t py-1 text-sm">
      <a
        href={basePath + sessionPath(session.id, session.token)}
        aria-label={text.rejoin(name)}
        className="flex min-w-0 flex-1 items-baseline gap-3 py-1.5 hover:text-accent"
      >
        <span className="truncate font-[600] font-mono text-[13.5px]">{name}</span>
        <span className="text-ink-3">{text.right[session.right]}</span>
        <span className="ml-auto whitespace-nowrap text-ink-3">
          {text.leftOf(formatDuration(session.expiresAt - Date.now()))}
        </span>
      </a>
      <IconButton label={text.forget(name)} onClick={() => forgetSession(session.id)}>
        <X size={15} aria-hidden="true" />
      </IconButton>
    </li>
  );
}

export function RecentSessionsList() {
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
          <RecentRow key={session.id} session={session} />
        ))}
      </ul>
      <p className="border-line border-t pt-2 text-[13px] text-ink-3">{text.recentNote}</p>
    </section>
  );
}

/** What the owner of a session that has ended may still fetch, of which nodes, and for how long. */
'use client';

import type { RetentionView } from '@drydock/protocol';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { formatCountdown } from '../../workbench/base/format.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';

/** Shows links until the retention is over, then says so. `retention.now` is the server's clock at the moment that the page heard of it. */
export function RetainedFiles({ retention }: { retention: RetentionView }) {
  const { sessionId, actions } = useWorkbench();
  const [heardAt] = useState(() => Date.now());
  const leftNow = () => retention.retainedUntil - retention.now - (Date.now() - heardAt);
  const [left, setLeft] = useState(leftNow);
  useEffect(() => {
    const timer = setInterval(() => setLeft(leftNow()), 1000);
    return () => clearInterval(timer);
  });
  // A link of a browser speaks by the cookie, which may be that of a weaker link.
  useEffect(() => void actions.renewCookie(), [actions]);
  if (left <= 0) return <p className="w-full text-ink-2">{strings.ended.retainedOver}</p>;
  return (
    <section
      aria-label={strings.ended.retainedTitle}
      className="w-full rounded-lg border border-edge/60 bg-surface p-4 text-left"
    >
      <p className="text-ink-2">
        {strings.ended.retainedText}{' '}
        <span role="timer" className="font-[560] font-mono text-ink tabular-nums">
          {formatCountdown(left)}
        </span>
      </p>
      <ul className="mt-3 flex flex-col gap-2">
        {retention.nodes.map((node) => (
          <li key={node}>
            <a
              href={`${basePath}/api/v1/sessions/${sessionId}/nodes/${node}/files?path=/root`}
              download={`${node}-root.tar`}
              className="inline-flex min-h-8 items-center gap-2 text-accent underline decoration-1 underline-offset-4 hover:decoration-2 coarse:min-h-11"
            >
              <Download size={16} aria-hidden="true" />
              {strings.ended.download(node)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

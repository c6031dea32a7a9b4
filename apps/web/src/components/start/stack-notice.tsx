/** What a link with a stack will do when Start is pressed, or why it will not. */
'use client';

import { strings } from '../../strings.ts';
import { stackCommand, type WantedStack } from '../../workbench/start/stack-link.ts';

const text = strings.landing.stack;

export function StackNotice({ wanted }: { wanted: WantedStack }) {
  if (wanted.kind === 'none') return null;
  if (wanted.kind === 'unusable') {
    return (
      <div role="alert" className="rounded-lg bg-warn-soft p-4 text-sm">
        <p className="font-[640] text-ink">{text.unusable}</p>
        <p className="mt-1 break-all text-ink-2">{wanted.given}</p>
      </div>
    );
  }
  return (
    <section aria-label={text.label} className="rounded-lg bg-accent-soft p-4 text-sm">
      <p className="font-[640] text-ink">{text.title(new URL(wanted.stack.url).host)}</p>
      <p className="mt-1 text-ink-2">{text.what}</p>
      <code className="mt-2 block break-all font-mono text-ink-2 text-xs">{stackCommand(wanted.stack)}</code>
    </section>
  );
}

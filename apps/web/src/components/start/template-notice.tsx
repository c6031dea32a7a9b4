/** What a link with a template will do when Start is pressed, or that there is no such template here. */
'use client';

import { strings } from '../../strings.ts';
import type { WantedTemplate } from '../../workbench/start/template-link.ts';

const text = strings.landing.templateLink;

export function TemplateNotice({ wanted }: { wanted: WantedTemplate }) {
  if (wanted.kind === 'none' || wanted.kind === 'waiting') return null;
  if (wanted.kind === 'unknown') {
    return (
      <div role="alert" className="rounded-lg bg-warn-soft p-4 text-sm">
        <p className="font-[640] text-ink">{text.unknown}</p>
        <p className="mt-1 break-all text-ink-2">{wanted.given}</p>
      </div>
    );
  }
  const { title, description, nodes } = wanted.template;
  return (
    <section aria-label={text.label} className="rounded-lg bg-accent-soft p-4 text-sm">
      <p className="font-[640] text-ink">{text.title(title)}</p>
      <p className="mt-1 text-ink-2">{description}</p>
      <p className="mt-1 text-ink-2">{text.what(nodes.length)}</p>
    </section>
  );
}

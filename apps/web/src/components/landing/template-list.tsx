/** Templates as one-press starts. */
'use client';

import type { TemplateView } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import type { Loaded } from './use-landing-data.ts';

const text = strings.landing;

interface TemplateListProps {
  templates: Loaded<TemplateView[]>;
  busy: boolean;
  onStart: (template: string) => void;
}

function TemplateButton({ template, busy, onStart }: { template: TemplateView; busy: boolean; onStart: () => void }) {
  return (
    <button
      type="button"
      disabled={busy}
      onClick={onStart}
      aria-label={text.startTemplate(template.title)}
      title={template.description}
      className="group flex w-full items-baseline justify-between gap-3 border-line border-t py-2 text-left text-sm transition-colors hover:text-accent disabled:opacity-60"
    >
      <span className="font-[600]">{template.title}</span>
      <span className="whitespace-nowrap font-mono text-[12.5px] text-ink-3 group-hover:text-accent">
        {text.templateNodes(template.nodes.length)}
      </span>
    </button>
  );
}

export function TemplateList({ templates, busy, onStart }: TemplateListProps) {
  if (templates.kind === 'ready' && templates.value.length === 0) return null;
  return (
    <section aria-labelledby="templates">
      <h2 id="templates" className="caption mb-2 text-ink-3">
        {text.templates}
      </h2>
      {templates.kind === 'failed' ? (
        <p className="text-ink-2 text-sm">{text.templatesFailed}</p>
      ) : (
        // The room of a usual list is kept while it loads, so that nothing jumps.
        <ul className="grid min-h-[148px] content-start gap-x-6 sm:grid-cols-2">
          {templates.kind === 'ready' &&
            templates.value.map((template) => (
              <li key={template.id}>
                <TemplateButton template={template} busy={busy} onStart={() => onStart(template.id)} />
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}

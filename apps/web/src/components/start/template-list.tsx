/** Templates as one-press starts. */
'use client';

import type { TemplateView } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import { TemplateRow } from '../ui/template-row.tsx';
import type { Loaded } from './use-landing-data.ts';

const text = strings.landing;

interface TemplateListProps {
  templates: Loaded<TemplateView[]>;
  busy: boolean;
  onStart: (template: string) => void;
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
        <ul className="grid min-h-[413px] content-start gap-x-5 sm:min-h-[236px] sm:grid-cols-2">
          {templates.kind === 'ready' &&
            templates.value.map((template) => (
              <li key={template.id}>
                <TemplateRow
                  template={template}
                  disabled={busy}
                  label={text.startTemplate(template.title)}
                  onPress={() => onStart(template.id)}
                />
              </li>
            ))}
        </ul>
      )}
    </section>
  );
}

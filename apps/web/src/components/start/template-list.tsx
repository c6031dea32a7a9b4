/** Templates as one-press starts. */
'use client';

import type { TemplateView } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import { EmptyRow, TemplateRow } from '../ui/template-row.tsx';
import type { Loaded } from './use-landing-data.ts';

const text = strings.landing;

interface TemplateListProps {
  templates: Loaded<TemplateView[]>;
  busy: boolean;
  /** Nodes that wait ready-made. */
  pool: number;
  onStart: (template: string) => void;
  /** Starts a session without nodes. */
  onStartEmpty: () => void;
}

export function TemplateList({ templates, busy, pool, onStart, onStartEmpty }: TemplateListProps) {
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
        <ul className="grid min-h-[860px] content-start gap-x-5 sm:min-h-[430px] sm:grid-cols-2">
          {templates.kind === 'ready' &&
            templates.value.map((template) => (
              <li key={template.id}>
                <TemplateRow
                  template={template}
                  disabled={busy}
                  warm={pool >= template.nodes.length}
                  label={text.startTemplate(template.title)}
                  onPress={() => onStart(template.id)}
                />
              </li>
            ))}
          {templates.kind === 'ready' && (
            <li>
              <EmptyRow disabled={busy} onPress={onStartEmpty} />
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

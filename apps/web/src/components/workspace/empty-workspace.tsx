/** No terminal is open: what to do next. */
'use client';

import { strings } from '../../strings.ts';
import { useCanWork, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { AddNodeButton } from '../nodes/add-node.tsx';
import { useTemplates } from '../nodes/templates-menu.tsx';
import { EmptyDock } from '../ui/empty-dock.tsx';
import { TemplateRow } from '../ui/template-row.tsx';

/** Templates with more than the one node that the button beside them makes. */
function Templates() {
  const { actions } = useWorkbench();
  const { progress } = useWorkbenchData();
  const templates = useTemplates().filter(({ nodes }) => nodes.length > 1);
  if (templates.length === 0) return null;
  return (
    <section aria-labelledby="begin" className="mt-12 w-full max-w-xl">
      <h3 id="begin" className="caption mb-2 text-ink-3">
        {strings.nodes.orTemplate}
      </h3>
      <ul className="grid gap-x-8 text-left sm:grid-cols-2">
        {templates.map((template) => (
          <li key={template.id}>
            <TemplateRow
              template={template}
              disabled={progress !== null}
              label={strings.nodes.applyTemplate(template.title)}
              onPress={() => void actions.applyTemplate(template)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function EmptyWorkspace() {
  const { session } = useWorkbenchData();
  const canWork = useCanWork();
  const hasNodes = session.nodes.length > 0;
  return (
    <div className="absolute inset-0 grid place-items-center overflow-auto p-6">
      <div className="flex flex-col items-center text-center">
        <EmptyDock />
        <h2 className="lettering mt-7 text-2xl">{hasNodes ? strings.terminals.none : strings.nodes.empty}</h2>
        <p className="mt-2 mb-6 max-w-md text-balance text-ink-2">
          {hasNodes ? strings.terminals.pick : canWork ? strings.nodes.emptyText : strings.nodes.emptyViewer}
        </p>
        {canWork && !hasNodes && (
          <>
            <AddNodeButton />
            <Templates />
          </>
        )}
      </div>
    </div>
  );
}

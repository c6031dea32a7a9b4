/** No terminal is open: what to do next. */
'use client';

import { useCanWork, useLabData } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { AddNodeButton } from '../lab/add-node.tsx';
import { EmptyDock } from './empty-dock.tsx';

export function EmptyWorkspace() {
  const { session } = useLabData();
  const canWork = useCanWork();
  const hasNodes = session.nodes.length > 0;
  return (
    <div className="absolute inset-0 grid place-items-center overflow-auto p-6">
      <div className="flex max-w-md flex-col items-center text-center">
        <EmptyDock />
        <h2 className="lettering mt-7 text-2xl">{hasNodes ? strings.terminals.none : strings.nodes.empty}</h2>
        <p className="mt-2 mb-6 text-balance text-ink-2">
          {hasNodes ? strings.terminals.pick : canWork ? strings.nodes.emptyText : strings.nodes.emptyViewer}
        </p>
        {canWork && !hasNodes && <AddNodeButton />}
      </div>
    </div>
  );
}

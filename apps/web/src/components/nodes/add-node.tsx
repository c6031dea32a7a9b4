/** One press for a node with the next free name; the small button beside it asks for a name. */
'use client';

import type { SessionView } from '@drydock/protocol';
import { PencilLine, Plus } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';

/** Loud while there is nothing else to do; the terminal comes first after that. */
const kindFor = ({ nodes }: SessionView) => (nodes.length === 0 ? 'primary' : 'plain');

export function AddNodeButton({ onAdded, className }: { onAdded?: (() => void) | undefined; className?: string }) {
  const { actions } = useWorkbench();
  const { session } = useWorkbenchData();
  const adding = useValue(actions.adding);
  const full = session.nodes.length >= session.limits.nodes;
  return (
    <Button
      kind={kindFor(session)}
      className={className ?? ''}
      disabled={full}
      title={full ? strings.nodes.full(session.limits.nodes) : undefined}
      onClick={() => {
        void actions.addNode();
        onAdded?.();
      }}
    >
      <Plus size={17} strokeWidth={2.4} aria-hidden="true" />
      {strings.nodes.add}
      {adding > 0 && (
        <span role="status" className="sr-only">
          {strings.nodes.adding}
        </span>
      )}
    </Button>
  );
}

export function AddNode({ onAdded }: { onAdded?: (() => void) | undefined }) {
  const { dialog } = useWorkbench();
  const { session } = useWorkbenchData();
  const full = session.nodes.length >= session.limits.nodes;
  return (
    <div className="px-4 pb-3">
      <div className="flex gap-px">
        <AddNodeButton onAdded={onAdded} className="flex-1 rounded-r-none" />
        <Button
          kind={kindFor(session)}
          disabled={full}
          aria-label={strings.nodes.addNamed}
          title={strings.nodes.addNamed}
          className="rounded-l-none px-2.5"
          onClick={() => dialog.set({ kind: 'add-node' })}
        >
          <PencilLine size={16} aria-hidden="true" />
        </Button>
      </div>
      {full && <p className="mt-2 text-[13px] text-ink-3">{strings.nodes.full(session.limits.nodes)}</p>}
    </div>
  );
}

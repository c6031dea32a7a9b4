/** One press for a node with the next free name; the small button beside it asks for a name. */
'use client';

import { PencilLine, Plus } from 'lucide-react';
import { useLab, useLabData, useValue } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { Button } from '../ui/button.tsx';

export function AddNodeButton({ onAdded, className }: { onAdded?: (() => void) | undefined; className?: string }) {
  const { actions } = useLab();
  const { session } = useLabData();
  const adding = useValue(actions.adding);
  const full = session.nodes.length >= session.limits.nodes;
  return (
    <Button
      kind="primary"
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
  const { dialog } = useLab();
  const { session } = useLabData();
  const full = session.nodes.length >= session.limits.nodes;
  return (
    <div className="px-4 pb-3">
      <div className="flex gap-px">
        <AddNodeButton onAdded={onAdded} className="flex-1 rounded-r-none" />
        <Button
          kind="primary"
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

/** Says that a save would write over somebody else's work, or that it failed; with the ways out. */
'use client';

import { TriangleAlert } from 'lucide-react';
import { strings } from '../../strings.ts';
import type { OpenDocument } from '../../workbench/files/documents.ts';
import { useValue } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';

const text = strings.files;

export function EditorConflict({ document }: { document: OpenDocument }) {
  const { conflict, problem } = useValue(document.state);
  if (conflict === null && problem === null) return null;
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-line border-b bg-warn-soft px-3 py-2 text-ink text-sm"
    >
      <TriangleAlert size={16} className="shrink-0 text-warn" aria-hidden="true" />
      <span className="min-w-48 flex-1">
        {conflict === null ? `${text.errors.save} ${problem}` : text.conflict[conflict]}
      </span>
      <span className="flex flex-wrap gap-2">
        {conflict === null && (
          <Button size="sm" onClick={() => void document.save()}>
            {strings.workbench.retry}
          </Button>
        )}
        {conflict === 'changed' && (
          <Button size="sm" onClick={() => void document.reload()}>
            {text.conflict.reload}
          </Button>
        )}
        {conflict !== null && (
          <>
            <Button size="sm" kind="caution" onClick={() => void document.save(true)}>
              {conflict === 'changed' ? text.conflict.overwrite : text.conflict.create}
            </Button>
            <Button size="sm" kind="quiet" onClick={() => document.keep()}>
              {text.conflict.keep}
            </Button>
          </>
        )}
      </span>
    </div>
  );
}

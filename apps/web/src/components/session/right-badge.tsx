/** What this link allows, for everyone who is not the owner. */
'use client';

import { strings } from '../../strings.ts';
import { useWorkbenchState } from '../../workbench/use-workbench.tsx';

export function RightBadge() {
  const right = useWorkbenchState((state) => state.data?.right);
  if (right === undefined || right === 'owner') return null;
  const { label, hint } = strings.workbench.rights[right];
  return (
    <span title={hint} className="rounded-full border border-edge/60 px-2.5 py-0.5 text-[12.5px] text-ink-2">
      {label}
    </span>
  );
}

/** The way from the root to the folder at the top of the tree; each step shows the tree from there. */
'use client';

import { Fragment } from 'react';
import { strings } from '../../strings.ts';
import { crumbsOf, shownName } from '../../workbench/files/path.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';

export function Crumbs() {
  const { files } = useWorkbench();
  const { root } = useValue(files.tree);
  const crumbs = crumbsOf(root);
  return (
    <nav
      aria-label={strings.files.path}
      className="scroll-quiet flex shrink-0 items-center overflow-x-auto border-line border-b px-2 py-1 font-mono text-[12.5px] text-ink-3"
    >
      {crumbs.map(({ name, path }, index) => (
        <Fragment key={path}>
          {index > 1 && <span aria-hidden="true">/</span>}
          <button
            type="button"
            aria-current={path === root ? 'location' : undefined}
            onClick={() => files.tree.setRoot(path)}
            className="min-h-6 min-w-6 rounded-sm px-1 hover:bg-ink/8 hover:text-ink aria-[current]:font-[650] aria-[current]:text-ink coarse:min-h-11 coarse:min-w-9"
          >
            {shownName(name)}
          </button>
        </Fragment>
      ))}
    </nav>
  );
}

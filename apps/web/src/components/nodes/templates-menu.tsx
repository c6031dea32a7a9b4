/** Templates for a session that runs already, and how far the one at work is. */
'use client';

import type { TemplateView } from '@drydock/protocol';
import { LayoutTemplate } from 'lucide-react';
import { useEffect } from 'react';
import { strings } from '../../strings.ts';
import { useValue, useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';

export function useTemplates(): readonly TemplateView[] {
  const { actions } = useWorkbench();
  useEffect(() => actions.wantTemplates(), [actions]);
  return useValue(actions.templates);
}

export function TemplatesMenu() {
  const { actions } = useWorkbench();
  const templates = useTemplates();
  if (templates.length === 0) return null;
  return (
    <Menu
      align="start"
      trigger={
        <Button kind="quiet" size="sm" className="w-full justify-start">
          <LayoutTemplate size={16} aria-hidden="true" />
          {strings.nodes.deploy}
        </Button>
      }
    >
      {templates.map((template) => (
        <MenuItem
          key={template.id}
          hint={strings.landing.templateNodes(template.nodes.length)}
          onSelect={() => void actions.applyTemplate(template)}
        >
          {template.title}
        </MenuItem>
      ))}
    </Menu>
  );
}

export function TemplateProgress() {
  const progress = useWorkbenchState((state) => state.data?.progress ?? null);
  if (progress === null) return null;
  const percent = Math.round((progress.done / Math.max(1, progress.total)) * 100);
  return (
    <div role="status" className="mx-4 mb-3 text-[13px] text-ink-2">
      <p>{progress.text}</p>
      <div className="mt-1 h-1 overflow-hidden rounded-full bg-ink/12">
        <div className="h-full bg-crane transition-[width]" style={{ width: `${percent}%` }} />
      </div>
    </div>
  );
}

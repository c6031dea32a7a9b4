/** In a terminal that nobody has used yet: what can be done next, as presses. Gone with the first key. */
'use client';

import { FilePlus, Network, Play, Plus, SquareArrowOutUpRight, X } from 'lucide-react';
import { strings } from '../../strings.ts';
import type { TerminalView } from '../../workbench/terminal/view.ts';
import { useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { type NextStep, nextSteps } from '../../workbench/workspace/next-steps.ts';
import { IconButton } from '../ui/button.tsx';
import { useShowPanel, useShowPreview } from '../workspace/use-show-panel.ts';

const text = strings.terminals.next;

/** What a step is called, and the command that it runs. */
function wordsOf(step: NextStep): { title: string; command?: string; Icon: typeof Play } {
  switch (step.kind) {
    case 'run':
      return { title: text.run[step.what], command: step.command, Icon: Play };
    case 'open-port':
      return { title: text.openPort(step.port), Icon: SquareArrowOutUpRight };
    case 'add-node':
      return { title: text.addNode, Icon: Plus };
    case 'show-swarm':
      return { title: text.showSwarm, Icon: Network };
    case 'write-file':
      return { title: text.writeFile, Icon: FilePlus };
  }
}

export function NextSteps({ view, node }: { view: TerminalView; node: string }) {
  const { actions, dialog } = useWorkbench();
  const data = useWorkbenchData();
  const fresh = useValue(view.fresh);
  const showPanel = useShowPanel();
  const showPreview = useShowPreview();
  const steps = fresh ? nextSteps(data, node) : [];
  if (steps.length === 0) return null;
  const take = (step: NextStep) => {
    switch (step.kind) {
      case 'run':
        view.controller.input(`${step.command}\r`);
        view.fresh.set(false);
        return view.focus();
      case 'open-port':
        return showPreview(step.node, step.port);
      case 'add-node':
        return void actions.addNode();
      case 'show-swarm':
        return showPanel('swarm');
      case 'write-file':
        return dialog.set({ kind: 'new-file', what: 'file', node, folder: '/root' });
    }
  };
  return (
    <section
      aria-label={text.title}
      className="absolute inset-x-3 bottom-3 z-10 flex max-w-xl flex-col gap-1 rounded-lg border border-line bg-raised p-2 text-sm shadow-float"
    >
      <div className="flex items-center justify-between pl-2">
        <h3 className="caption text-ink-3">{text.title}</h3>
        <IconButton label={text.hide} className="size-7" onClick={() => view.fresh.set(false)}>
          <X size={15} aria-hidden="true" />
        </IconButton>
      </div>
      <ul>
        {steps.map((step) => {
          const { title, command, Icon } = wordsOf(step);
          return (
            <li key={title}>
              <button
                type="button"
                onClick={() => take(step)}
                className="flex min-h-8 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-ink/8 coarse:min-h-11"
              >
                <Icon size={15} className="shrink-0 text-ink-3" aria-hidden="true" />
                <span className="shrink-0 font-[560]">{title}</span>
                {command !== undefined && (
                  <code className="min-w-0 truncate font-mono text-[12.5px] text-ink-3">{command}</code>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

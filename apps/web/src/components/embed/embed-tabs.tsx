/** The terminals of a frame as tabs, by their nodes' names; a lab is one more where there is no room beside them. */
'use client';

import type { KeyboardEvent } from 'react';
import { strings } from '../../strings.ts';
import { titleOfTerminal } from '../../workbench/base/titles.ts';
import { useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { tabsOf } from '../../workbench/workspace/workspace-model.ts';
import { cn } from '../ui/cn.ts';

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

interface EmbedTabsProps {
  hasLab: boolean;
  /** Whether the lab is in front, where it is a tab. */
  isLabFront: boolean;
  onFront: (front: 'lab' | 'terminals') => void;
}

const style = cn(
  'flex h-full shrink-0 items-center gap-2 border-b-2 border-transparent px-3 text-[13.5px] text-ink-2 hover:text-ink',
  'aria-selected:border-crane aria-selected:font-[620] aria-selected:text-ink focus-visible:-outline-offset-2',
);

export function EmbedTabs({ hasLab, isLabFront, onFront }: EmbedTabsProps) {
  const { workspace } = useWorkbench();
  const { session, terminals } = useWorkbenchData();
  const { model, activeId } = useValue(workspace);
  const place = (name: string) => session.nodes.findIndex((node) => node.name === name);
  const tabs = tabsOf(model)
    .flatMap(({ id, data }) => (data.kind === 'terminal' ? [{ id, node: data.node }] : []))
    .sort((a, b) => place(a.node) - place(b.node));
  const show = (id: string) => {
    workspace.activate(id);
    onFront('terminals');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (by === undefined) return;
    const at = tabs.findIndex(({ id }) => id === activeId);
    const next = tabs.at((at + by) % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    show(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label={strings.embed.terminals}
      onKeyDown={onKeyDown}
      className="scroll-quiet flex h-full min-w-0 items-stretch overflow-x-auto overflow-y-hidden"
    >
      {hasLab && (
        <button
          type="button"
          role="tab"
          aria-selected={isLabFront}
          onClick={() => onFront('lab')}
          className={cn(style, '@3xl/embed:hidden')}
        >
          {strings.embed.lab}
        </button>
      )}
      {tabs.map(({ id, node }) => {
        const terminal = terminals.find(({ terminalId }) => terminalId === id);
        const isRunning = session.nodes.find(({ name }) => name === node)?.state === 'running';
        const isFront = id === activeId;
        return (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            tabIndex={isFront ? 0 : -1}
            aria-selected={isFront && !isLabFront}
            aria-controls={`terminal-${id}`}
            onClick={() => show(id)}
            className={style}
          >
            <span className={cn('size-2 rounded-full', isRunning ? 'bg-ok' : 'bg-warn')} aria-hidden="true" />
            {terminal === undefined ? node : titleOfTerminal(terminal, terminals)}
          </button>
        );
      })}
    </div>
  );
}

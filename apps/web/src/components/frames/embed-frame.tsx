/** The work alone, for a frame in somebody else's page: terminals by their nodes, ports, the time that is left, and a lab beside them. */
'use client';

import { Maximize2, Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { sessionPath } from '../../workbench/session/recent-sessions.ts';
import { useValue, useWorkbench, useWorkbenchState } from '../../workbench/use-workbench.tsx';
import { tabsOf } from '../../workbench/workspace/workspace-model.ts';
import { EmbedAsk } from '../embed/embed-ask.tsx';
import { EmbedCard } from '../embed/embed-card.tsx';
import { useEmbed } from '../embed/embed-context.tsx';
import { EmbedExtras } from '../embed/embed-extras.tsx';
import { EmbedPorts } from '../embed/embed-ports.tsx';
import { EmbedTabs } from '../embed/embed-tabs.tsx';
import { EmbedTerminal } from '../embed/embed-terminal.tsx';
import { ConnectionBanner } from '../session/connection-banner.tsx';
import { Countdown } from '../session/countdown.tsx';
import { KeyBar } from '../terminal/key-bar.tsx';
import { IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { LogoMark } from '../ui/logo.tsx';
import { PanelLoading } from '../ui/panel-loading.tsx';

const text = strings.embed;
const LabPanel = dynamic(() => import('../lab/lab-panel.tsx').then((module) => module.LabPanel), {
  loading: () => <PanelLoading />,
});

type Front = 'lab' | 'terminals';

/** A command of the lab goes to a terminal: whoever pressed it wants to see it. */
function useShowsRuns(show: () => void): void {
  const { labs } = useWorkbench();
  const runs = useValue(labs.runner);
  const isRunning = Object.values(runs).some(({ kind }) => kind === 'running');
  useEffect(() => {
    if (isRunning) show();
  }, [isRunning, show]);
}

function NewTerminal() {
  const { place, workspace } = useWorkbench();
  useValue(workspace);
  const node = place.activeNode();
  if (node === null) return null;
  return (
    <IconButton label={text.newTerminal(node)} onClick={() => place.newTerminal()} className="size-7">
      <Plus size={16} aria-hidden="true" />
    </IconButton>
  );
}

function FullTab() {
  const address = useEmbed().fullAddress();
  if (address === null) return null;
  return (
    <a
      href={`${basePath}${sessionPath(address.sessionId, address.token)}`}
      target="_blank"
      rel="noopener"
      aria-label={text.openFull}
      title={text.openFull}
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-ink/8 hover:text-ink coarse:size-11"
    >
      <Maximize2 size={15} aria-hidden="true" />
    </a>
  );
}

function Bar({ hasLab, front, onFront }: { hasLab: boolean; front: Front; onFront: (front: Front) => void }) {
  const { host } = window.location;
  return (
    <header className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-1 border-line border-b bg-surface pr-1.5 pl-2.5 coarse:min-h-12">
      <span title={text.title(host)} className="mr-1 shrink-0 max-[420px]:hidden">
        <LogoMark size={20} />
        <span className="sr-only">{text.title(host)}</span>
      </span>
      <span className="flex h-9 min-w-0 flex-1 items-center gap-1 coarse:h-12">
        <EmbedTabs hasLab={hasLab} isLabFront={hasLab && front === 'lab'} onFront={onFront} />
        <NewTerminal />
      </span>
      <EmbedPorts />
      <span className="ml-auto flex shrink-0 items-center gap-1 pl-2">
        <Countdown />
        <FullTab />
      </span>
    </header>
  );
}

function Terminals() {
  const { workspace } = useWorkbench();
  const { model, activeId } = useValue(workspace);
  const tabs = tabsOf(model);
  if (tabs.length === 0)
    return (
      <p role="status" className="absolute inset-0 grid place-items-center text-ink-3 text-sm">
        {strings.terminals.loading}
      </p>
    );
  return tabs.map(({ id, data }) =>
    data.kind === 'terminal' ? (
      <EmbedTerminal key={id} terminalId={id} node={data.node} mine={data.mine} isFront={id === activeId} />
    ) : null,
  );
}

export function EmbedFrame() {
  const embed = useEmbed();
  const hasData = useWorkbenchState(({ data }) => data !== null);
  const hasLab = useWorkbenchState(({ data }) => (data?.lab ?? null) !== null);
  const nodes = useWorkbenchState(({ data }) => data?.session.nodes.length ?? 0);
  const [front, setFront] = useState<Front>('lab');
  const [showTerminals] = useState(() => () => setFront('terminals'));
  useShowsRuns(showTerminals);
  if (!hasData) return <EmbedCard role="status" isBusy title={text.starting} text={text.startingText} />;
  const isBare = embed.wish.bare && nodes <= 1 && !hasLab;
  return (
    <div className="@container/embed relative flex h-dvh flex-col overflow-clip bg-bg">
      <h1 className="sr-only">{text.title(window.location.host)}</h1>
      {!isBare && <Bar hasLab={hasLab} front={front} onFront={setFront} />}
      <ConnectionBanner />
      <div className="relative flex min-h-0 flex-1">
        {hasLab && (
          <aside
            aria-label={text.lab}
            className={cn(
              'z-10 min-w-0 bg-surface max-@3xl/embed:absolute max-@3xl/embed:inset-0',
              '@3xl/embed:w-[44%] @3xl/embed:border-line @3xl/embed:border-r',
              front !== 'lab' && 'max-@3xl/embed:hidden',
            )}
          >
            <LabPanel />
          </aside>
        )}
        <main id="terminal" tabIndex={-1} className="relative min-w-0 flex-1 outline-none">
          <Terminals />
        </main>
        {/* Over the terminals, not above them: their size stays as it is. */}
        <div className="absolute inset-x-0 bottom-0 z-20">
          <EmbedAsk />
        </div>
      </div>
      {/* A frame is narrow on wide screens too: only a finger needs keys. */}
      <div className="hidden coarse:block">
        <KeyBar />
      </div>
      <EmbedExtras />
    </div>
  );
}

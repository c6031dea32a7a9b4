/** The nodes of the session; on a phone a drawer that also holds the session's own buttons. */
'use client';

import { Download, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { strings } from '../../strings.ts';
import { useCanWork, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { AddNode } from '../nodes/add-node.tsx';
import { NodeCard } from '../nodes/node-card.tsx';
import { TemplateProgress, TemplatesMenu } from '../nodes/templates-menu.tsx';
import { LatencyPill } from '../session/latency-pill.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { LogoMark } from '../ui/logo.tsx';
import { PanelButtons, PersonalButtons } from './workbench-header.tsx';

export function Sidebar({ onNavigate }: { onNavigate?: () => void }) {
  const { dialog } = useWorkbench();
  const { session } = useWorkbenchData();
  const canWork = useCanWork();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-baseline justify-between px-4 pt-4 pb-3">
        <h2 className="lettering text-[15px]">{strings.nodes.title}</h2>
        <span className="text-[13px] text-ink-3 tabular-nums">
          {strings.nodes.count(session.nodes.length, session.limits.nodes)}
        </span>
      </div>
      {canWork && <AddNode onAdded={onNavigate} />}
      <TemplateProgress />
      <ul className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {session.nodes.map((node) => (
          <NodeCard key={node.name} node={node} onOpen={onNavigate} />
        ))}
      </ul>
      {canWork && (
        <div className="flex flex-col border-line border-t p-2">
          <TemplatesMenu />
          {session.nodes.length > 0 && (
            <Button
              kind="quiet"
              size="sm"
              className="w-full justify-start"
              onClick={() => {
                onNavigate?.();
                dialog.set({ kind: 'take-home' });
              }}
            >
              <Download size={16} aria-hidden="true" />
              {strings.takeHome.open}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

interface SidebarDrawerProps {
  open: boolean;
  onClose: () => void;
}

export function SidebarDrawer({ open, onClose }: SidebarDrawerProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 flex w-[min(19.5rem,88vw)] flex-col bg-bg text-ink shadow-float motion-safe:animate-[drawer_160ms_ease-out]"
        >
          <div className="flex h-11 items-center gap-3 border-line border-b pr-2 pl-4">
            <LogoMark size={26} />
            <Dialog.Title className="lettering flex-1">{strings.workbench.menu}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={strings.workbench.close}>
                <X size={18} aria-hidden="true" />
              </IconButton>
            </Dialog.Close>
          </div>
          <Sidebar onNavigate={onClose} />
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the click bubbles from buttons; it only closes the drawer. */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: as above. */}
          <div className="flex flex-wrap items-center gap-1 border-line border-t p-2" onClick={onClose}>
            <PanelButtons />
            <PersonalButtons />
            <span className="ml-auto pr-2">
              <LatencyPill />
            </span>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

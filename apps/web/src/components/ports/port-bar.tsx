/** The open ports of the node that is being worked on, as links above its terminal. */
'use client';

import type { PublishedPort } from '@drydock/protocol';
import { Plug } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useCanWork, useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { PortChip } from './port-chip.tsx';

const NO_PORTS: PublishedPort[] = [];

export function PortBar() {
  const { workspace, dialog } = useWorkbench();
  const { session, ports } = useWorkbenchData();
  const canWork = useCanWork();
  const { node: name } = useValue(workspace);
  const node = session.nodes.find((other) => other.name === name) ?? session.nodes[0];
  const open = [...(ports[node?.name ?? ''] ?? NO_PORTS)].sort((a, b) => a.port - b.port);
  // Without ports the terminals have its room; `Open port…` is in the node's menu and among the commands too.
  if (node === undefined || open.length === 0) return null;
  return (
    <section
      aria-label={`${strings.ports.title}: ${node.name}`}
      className="scroll-quiet flex h-7 shrink-0 items-center gap-2 border-line border-b pl-3 coarse:h-11"
    >
      <span className="shrink-0 font-[620] text-[13px]">{node.name}</span>
      <ul className="scroll-quiet flex min-w-0 flex-1 items-center gap-1.5 overflow-x-auto">
        {open.map((port) => (
          <PortChip key={`${port.port}/${port.protocol}`} node={node.name} port={port} />
        ))}
      </ul>
      {canWork && (
        <Button
          kind="quiet"
          size="sm"
          className="h-6 shrink-0 coarse:h-10"
          onClick={() => dialog.set({ kind: 'open-port', node: node.name })}
        >
          <Plug size={15} aria-hidden="true" />
          {strings.ports.byNumber}
        </Button>
      )}
    </section>
  );
}

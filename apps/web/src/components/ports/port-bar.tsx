/** The open ports of the node that is being worked on, as links above its terminal. */
'use client';

import type { PublishedPort } from '@drydock/protocol';
import { Plug } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useCanWork, useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { BroadcastButton } from '../terminal/broadcast-banner.tsx';
import { Button } from '../ui/button.tsx';
import { CopyText } from '../ui/copy-button.tsx';
import { PortChip } from './port-chip.tsx';

const NO_PORTS: PublishedPort[] = [];

export function PortBar() {
  const { workspace, dialog } = useWorkbench();
  const { session, ports } = useWorkbenchData();
  const canWork = useCanWork();
  const { node: name } = useValue(workspace);
  const node = session.nodes.find((other) => other.name === name) ?? session.nodes[0];
  if (node === undefined) return null;
  const open = [...(ports[node.name] ?? NO_PORTS)].sort((a, b) => a.port - b.port);
  return (
    <section
      aria-label={`${strings.ports.title}: ${node.name}`}
      className="scroll-quiet flex min-h-11 shrink-0 items-center gap-2 overflow-x-auto border-line border-b px-3 py-1"
    >
      <span className="flex shrink-0 items-baseline gap-2.5 pr-1">
        <span className="font-[620] text-sm">{node.name}</span>
        <CopyText
          text={node.ip}
          label={strings.nodes.copyIp(node.name, node.ip)}
          className="min-h-6 font-mono text-[12.5px] text-ink-3"
        />
      </span>
      {open.length === 0 && (
        <span className="shrink-0 text-[13px] text-ink-3" title={strings.ports.noneHint}>
          {strings.ports.none}
        </span>
      )}
      <ul className="flex shrink-0 items-center gap-1.5">
        {open.map((port) => (
          <PortChip key={`${port.port}/${port.protocol}`} node={node.name} port={port} />
        ))}
      </ul>
      <span className="ml-auto" />
      <BroadcastButton />
      {canWork && (
        <Button
          kind="quiet"
          size="sm"
          className="shrink-0"
          onClick={() => dialog.set({ kind: 'open-port', node: node.name })}
        >
          <Plug size={15} aria-hidden="true" />
          {strings.ports.byNumber}
        </Button>
      )}
    </section>
  );
}

/** Open ports as buttons: each opens in a tab of its own, where the visitor has its cookie at first hand. */
'use client';

import { ExternalLink } from 'lucide-react';
import { strings } from '../../strings.ts';
import { openPort } from '../../workbench/embed/open-port.ts';
import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';

const text = strings.embed;

export function EmbedPorts() {
  const { actions, notices } = useWorkbench();
  const { ports, session } = useWorkbenchData();
  const open = session.nodes.flatMap(({ name }) =>
    (ports[name] ?? []).filter(({ protocol }) => protocol === 'tcp').map((port) => ({ node: name, ...port })),
  );
  if (open.length === 0) return null;
  const isSeveral = session.nodes.length > 1;
  return (
    <ul
      aria-label={text.ports}
      className="scroll-quiet flex h-9 min-w-0 items-center gap-1.5 overflow-x-auto max-sm:order-last max-sm:basis-full max-sm:border-line max-sm:border-t max-sm:px-1 coarse:h-12"
    >
      {open.map((port) => (
        <li key={`${port.node}-${port.port}`} className="shrink-0">
          <button
            type="button"
            aria-label={text.port(port.port, port.node)}
            title={port.title ?? text.port(port.port, port.node)}
            onClick={() => void openPort({ actions, notices, port: port.port, node: port.node })}
            className="flex h-6 items-center gap-1.5 rounded-full border border-edge/60 bg-surface px-2.5 text-[13px] hover:border-edge hover:text-accent coarse:h-10"
          >
            {isSeveral && <span className="text-ink-3">{port.node}</span>}
            <span className="font-[600] font-mono">{port.port}</span>
            <ExternalLink size={12} className="text-ink-3" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

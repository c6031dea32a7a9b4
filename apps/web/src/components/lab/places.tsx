/** Links of a lab to ports and files of the session's nodes. */
'use client';

import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { portUrl } from '../../workbench/base/port-url.ts';
import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';
import type { ProseParts } from './prose.tsx';

const text = strings.labs;

/** The node that a lab means where it names none. */
export function useNodeOf(): (node: string | undefined) => string {
  const { place } = useWorkbench();
  const { session } = useWorkbenchData();
  return (node) => node ?? place.activeNode() ?? session.nodes[0]?.name ?? 'node1';
}

interface PortPlaceProps {
  node: string | undefined;
  port: number;
  path: string;
  scheme?: 'http' | 'https';
  children: ReactNode;
}

export function PortPlace({ node: wanted, port, path, children }: PortPlaceProps) {
  const { sessionId } = useWorkbench();
  const { ports } = useWorkbenchData();
  const node = useNodeOf()(wanted);
  const known = ports[node] ?? [];
  const open = known.find((each) => each.port === port);
  const url = open?.url ?? portUrl(port, node, sessionId, known[0]?.url, new URL(window.location.href));
  return (
    <a
      href={url.replace(/\/$/, '') + (path.startsWith('/') ? path : `/${path}`)}
      target="_blank"
      rel="noopener noreferrer"
      title={open === undefined ? text.portClosed(port) : text.port(port, node)}
      className="inline-flex items-baseline gap-1.5 underline underline-offset-2"
    >
      {children}
      <span
        role="img"
        aria-label={open === undefined ? text.portClosed(port) : text.portOpen}
        className={cn('size-2 self-center rounded-full border border-current', open !== undefined && 'bg-ok')}
      />
    </a>
  );
}

export function FilePlace({ node, path, children }: { node: string; path: string; children: ReactNode }) {
  const { files } = useWorkbench();
  return (
    <button type="button" className="underline underline-offset-2" onClick={() => files.openFile(node, path)}>
      {children}
    </button>
  );
}

/** How prose draws them in a session. */
export function sessionParts(version: string): ProseParts {
  return {
    version,
    port: (node, port, path, children) => (
      <PortPlace node={node} port={port} path={path}>
        {children}
      </PortPlace>
    ),
    file: (node, path, children) => (
      <FilePlace node={node} path={path}>
        {children}
      </FilePlace>
    ),
  };
}

/** What the panel shows while the session has no swarm: what one is, and the ways to one. */
'use client';

import { Network } from 'lucide-react';
import { useState } from 'react';
import { strings } from '../../strings.ts';
import { startSwarm } from '../../workbench/swarm/actions.ts';
import { useCanWork, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { TemplateProgress, TemplatesMenu } from '../nodes/templates-menu.tsx';
import { Button } from '../ui/button.tsx';
import { CopyText } from '../ui/copy-button.tsx';

const text = strings.swarm.empty;

export function EmptySwarm() {
  const { actions, notices, place } = useWorkbench();
  const { session } = useWorkbenchData();
  const canWork = useCanWork();
  const [starting, setStarting] = useState(false);
  const running = session.nodes.filter(({ state, dockerReady }) => state === 'running' && dockerReady);
  const node = running.find(({ name }) => name === place.activeNode()) ?? running[0];
  const command = `docker swarm init --advertise-addr ${node?.ip ?? ''}`;

  async function start(): Promise<void> {
    if (node === undefined) return;
    setStarting(true);
    await startSwarm(actions, node).catch((error: unknown) => notices.fail(text.failed, error));
    setStarting(false);
  }

  return (
    <div className="scroll-quiet absolute inset-0 grid place-items-center overflow-y-auto p-6">
      <div className="flex max-w-md flex-col items-center text-center">
        <Network size={36} strokeWidth={1.4} className="text-ink-3" aria-hidden="true" />
        <h3 className="lettering mt-3 text-lg">{text.title}</h3>
        <p className="mt-1 text-[14px] text-ink-2">{text.text}</p>
        {!canWork && <p className="mt-3 text-[13.5px] text-ink-3">{text.viewer}</p>}
        {canWork && node === undefined && <p className="mt-3 text-[13.5px] text-ink-3">{text.noNodes}</p>}
        {canWork && node !== undefined && (
          <>
            <p className="mt-4 text-[13px] text-ink-3">{text.command}</p>
            <CopyText
              text={command}
              label={strings.workbench.copy(command)}
              className="mt-1 min-h-8 break-all rounded-md bg-sunken px-3 py-1 font-mono text-[13px]"
            />
            <Button kind="primary" className="mt-4" disabled={starting} onClick={() => void start()}>
              {text.init(node.name)}
            </Button>
          </>
        )}
        {canWork && (
          <div className="mt-2 w-full max-w-60">
            <TemplatesMenu />
            <TemplateProgress />
          </div>
        )}
      </div>
    </div>
  );
}

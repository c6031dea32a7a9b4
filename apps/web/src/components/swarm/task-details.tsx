/** One task: what docker says of it, the end of its log, docker's own description, and a terminal in its container. */
'use client';

import { RotateCw, SquareTerminal, X } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { inspectTask, LOG_LINES, openTaskTerminal, readLogs, sessionNode } from '../../workbench/swarm/actions.ts';
import type { MapTask } from '../../workbench/swarm/map.ts';
import { useCanWork, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { PhaseIcon } from './phase-icon.tsx';

const text = strings.swarm.details;

interface TaskDetailsProps {
  entry: MapTask;
  /** It was opened just now, by a press. */
  takesFocus: boolean;
  onClose: () => void;
}

type Paper = { kind: 'logs' | 'inspect'; body: string | null; failure: string | null };

function useTaskNode(entry: MapTask) {
  const { session, swarm } = useWorkbenchData();
  const nodes = [...(swarm.view?.managers ?? []), ...(swarm.view?.workers ?? [])];
  const place = nodes.find(({ id }) => id === entry.task.nodeId);
  const leader = nodes.find(({ name }) => name === swarm.view?.leader);
  return { place, node: sessionNode(place, session.nodes), manager: sessionNode(leader, session.nodes) };
}

/** Reads logs or description; the answer to an older question is never shown for a newer one. */
function usePaper(entry: MapTask) {
  const { actions } = useWorkbench();
  const canWork = useCanWork();
  const { node, manager } = useTaskNode(entry);
  const [paper, setPaper] = useState<Paper | null>(null);
  const question = useRef(0);
  const { task } = entry;
  const { id, containerId } = task;

  const read = useCallback(
    (kind: Paper['kind']) => {
      question.current += 1;
      const mine = question.current;
      const settle = (body: string | null, failure: string | null) => {
        if (mine === question.current) setPaper({ kind, body, failure });
      };
      if (node === undefined) return settle(null, text.noSuchNode);
      if (kind === 'logs' && containerId === null) return settle(null, text.noContainer);
      setPaper((before) => ({ kind, body: before?.kind === kind ? before.body : null, failure: null }));
      const answer =
        kind === 'logs'
          ? readLogs(actions, node.name, containerId ?? '')
          : inspectTask(actions, node.name, manager?.name ?? node.name, task);
      answer.then(
        (body) => settle(body, null),
        (error: Error) => settle(null, error.message),
      );
    },
    [actions, node, manager, task, containerId],
  );

  const first = useRef(read);
  first.current = read;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task, or a container that has come: its log is read without asking.
  useEffect(() => {
    setPaper(null);
    if (canWork && containerId !== null) first.current('logs');
  }, [id, containerId, canWork]);
  return { paper, read };
}

function Facts({ entry }: { entry: MapTask }) {
  const { place } = useTaskNode(entry);
  const { swarm } = useWorkbenchData();
  const { task, phase } = entry;
  const addresses = (task.networks ?? []).map(({ id, address }) => {
    const network = swarm.view?.networks.find((other) => other.id === id);
    return `${address} (${network?.name ?? id.slice(0, 12)})`;
  });
  const columns = strings.swarm.columns;
  const facts: [string, string | null][] = [
    [columns.state, text.state(strings.swarm.phases[phase], task.state, task.desired)],
    [columns.node, place?.name ?? strings.swarm.noNode],
    [columns.image, task.image],
    [columns.address, addresses.join(', ') || null],
    [text.id, task.id],
    [text.container, task.containerId?.slice(0, 12) ?? null],
    [columns.error, task.error],
  ];
  return (
    <dl className="mb-2.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 text-[12.5px]">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className={cn('min-w-0 break-words font-mono', name === columns.error && 'text-danger')}>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

export function TaskDetails({ entry, takesFocus, onClose }: TaskDetailsProps) {
  const { actions } = useWorkbench();
  const canWork = useCanWork();
  const { node } = useTaskNode(entry);
  const { paper, read } = usePaper(entry);
  const heading = useRef<HTMLHeadingElement>(null);
  const { task, name, phase } = entry;
  const { containerId, id } = task;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each task that is opened takes the reader with it.
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [id]);
  return (
    <section
      aria-labelledby="swarm-task"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      className="flex max-h-[55%] min-h-0 shrink-0 flex-col border-line border-t bg-surface p-3 shadow-float motion-safe:animate-[rise_160ms_ease-out]"
    >
      <div className="mb-1.5 flex items-center gap-2">
        <PhaseIcon phase={phase} size={16} />
        <h3 ref={heading} id="swarm-task" tabIndex={-1} className="min-w-0 flex-1 truncate font-[640] text-[15px]">
          {text.title(name)}
        </h3>
        <IconButton label={text.close} onClick={onClose}>
          <X size={16} aria-hidden="true" />
        </IconButton>
      </div>
      <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto">
        <Facts entry={entry} />
        {canWork ? (
          <div className="mb-2 flex flex-wrap gap-1.5">
            <Button
              size="sm"
              aria-pressed={paper?.kind === 'logs'}
              className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
              onClick={() => read('logs')}
            >
              {text.logs}
            </Button>
            <Button
              size="sm"
              aria-pressed={paper?.kind === 'inspect'}
              className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
              onClick={() => read('inspect')}
            >
              {text.inspect}
            </Button>
            {node !== undefined && containerId !== null && phase === 'running' && (
              <Button size="sm" onClick={() => void openTaskTerminal(actions, node.name, containerId)}>
                <SquareTerminal size={15} aria-hidden="true" />
                {text.terminal}
              </Button>
            )}
            {paper !== null && (
              <IconButton label={text.refresh} onClick={() => read(paper.kind)} className="ml-auto">
                <RotateCw size={15} aria-hidden="true" />
              </IconButton>
            )}
          </div>
        ) : (
          <p className="text-[13px] text-ink-3">{text.watching}</p>
        )}
        {paper !== null && (
          <div>
            {paper.kind === 'logs' && <p className="mb-1 text-[12px] text-ink-3">{text.tail(LOG_LINES)}</p>}
            <ScrollRegion
              label={paper.kind === 'logs' ? text.logsOf(name) : text.inspectOf(name)}
              className="max-h-64 overflow-auto rounded-md bg-sunken"
            >
              <pre className="whitespace-pre-wrap break-words p-2.5 font-mono text-[12px] leading-snug">
                {paper.failure ?? (paper.body === null ? text.reading : paper.body.trim() || text.empty)}
              </pre>
            </ScrollRegion>
          </div>
        )}
      </div>
    </section>
  );
}

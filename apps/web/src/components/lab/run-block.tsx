/** A command of a lab: shown as it is typed, with a button that types it, and what became of it. */
'use client';

import { CornerDownLeft, Play } from 'lucide-react';
import { useState } from 'react';
import { strings } from '../../strings.ts';
import type { BusyChoice, RunState, ShownRun } from '../../workbench/lab/block-runner.ts';
import { useCanWork, useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';
import { CopyIcon } from '../ui/copy-button.tsx';

const text = strings.labs;
const IDLE: RunState = { kind: 'idle' };

function stateText(state: RunState): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'busy':
      return text.busy(state.node, state.command);
    case 'running':
      return state.patient ? text.waiting(state.at, state.of) : text.running(state.at, state.of);
    case 'finished':
      return state.exit === undefined ? text.ended : text.finished(state.exit, state.at, state.of);
    case 'typed':
      return text.typed;
    case 'failed':
      return text.runFailed[state.why];
  }
}

function label(run: ShownRun, state: RunState): string {
  if (run.mode === 'keys') return text.press;
  if (run.mode === 'type') return text.type;
  if (state.kind === 'finished') return text.again;
  if (run.where.all) return text.runAll;
  return run.where.node === undefined ? text.run : text.runOn(run.where.node);
}

const CHOICES: readonly (readonly [BusyChoice, string])[] = [
  ['interrupt', text.interrupt],
  ['new-terminal', text.newTerminal],
  ['type-anyway', text.typeAnyway],
];

export function RunBlock({ run }: { run: ShownRun }) {
  const { labs } = useWorkbench();
  const canWork = useCanWork();
  const state = useValue(labs.runner)[run.key] ?? IDLE;
  const [asks, setAsks] = useState(false);
  const needsLook = (run.suspicious?.length ?? 0) > 0 || run.confirm !== undefined;
  const failed = state.kind === 'failed' || (state.kind === 'finished' && (state.exit ?? 0) !== 0);
  const start = (choice?: BusyChoice) => {
    if (needsLook && !asks && choice === undefined) {
      setAsks(true);
      return;
    }
    setAsks(false);
    void labs.runner.run(run, choice);
  };
  return (
    <div className="rounded-md border border-line bg-sunken">
      <pre className="overflow-x-auto whitespace-pre-wrap break-words p-3 font-mono text-[13px] leading-6">
        {run.shown ?? run.text}
      </pre>
      <div className="flex flex-wrap items-center gap-2 border-line border-t px-2 py-1.5 print:hidden">
        {run.mode !== 'show' && canWork && (
          <Button size="sm" onClick={() => start()}>
            {run.mode === 'keys' ? (
              <CornerDownLeft size={14} aria-hidden="true" />
            ) : (
              <Play size={14} aria-hidden="true" />
            )}
            {asks ? text.confirmRun : label(run, state)}
          </Button>
        )}
        <CopyIcon text={run.text} label={text.copy} />
        <span role="status" className={cn('min-w-0 flex-1 text-[13px]', failed ? 'text-danger' : 'text-ink-2')}>
          {stateText(state)}
        </span>
        {state.kind === 'running' && state.patient && (
          <Button size="sm" kind="quiet" onClick={() => labs.runner.leave(run.key)}>
            {text.stopWaiting}
          </Button>
        )}
      </div>
      {asks && (
        <div role="alert" className="border-line border-t px-3 py-2 text-[13px]">
          {run.confirm !== undefined && <p>{run.confirm}</p>}
          {(run.suspicious?.length ?? 0) > 0 && (
            <>
              <p className="font-[640]">{text.suspicious}</p>
              <ul className="list-disc pl-5">
                {run.suspicious?.map(({ message }) => (
                  <li key={message}>{message}</li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
      {state.kind === 'busy' && (
        <div className="flex flex-wrap gap-2 border-line border-t px-2 py-1.5">
          {CHOICES.map(([choice, title]) => (
            <Button key={choice} size="sm" onClick={() => start(choice)}>
              {title}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

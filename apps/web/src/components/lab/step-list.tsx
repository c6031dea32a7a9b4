/** The steps of a lab: where one is, what is done, and the way to each. */
'use client';

import type { ReaderLab } from '@drydock/lab';
import type { LabStepProgress, LabView } from '@drydock/protocol';
import { Check, Circle, CircleDot, CircleX } from 'lucide-react';
import { strings } from '../../strings.ts';
import { useCanWork, useWorkbench } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';

const text = strings.labs;

function stateOf(progress: LabStepProgress | undefined, isOpen: boolean): string {
  if (progress?.failedAt !== undefined) return text.stepFailed;
  if (progress?.solved) return text.stepSolved;
  if (progress?.already) return text.stepAlready;
  if (progress?.doneAt !== undefined) return text.stepDone;
  if (progress?.skipped) return text.stepSkipped;
  return isOpen ? text.stepOpen : '';
}

export function StepList({ lab, view }: { lab: ReaderLab; view: LabView }) {
  const { labs } = useWorkbench();
  const canWork = useCanWork();
  const isGate = lab.order === 'gate';
  const progress = new Map(view.steps.map((step) => [step.id, step]));
  const isPast = (id: string) => progress.get(id)?.doneAt !== undefined || progress.get(id)?.skipped === true;
  return (
    <ol className="space-y-0.5">
      {lab.steps.map((step, index) => {
        const own = progress.get(step.id);
        const isOpen = view.step === step.id;
        const isShut = isGate && !lab.steps.slice(0, index).every(({ id }) => isPast(id));
        const Sign = own?.failedAt !== undefined ? CircleX : isPast(step.id) ? Check : isOpen ? CircleDot : Circle;
        return (
          <li key={step.id}>
            <button
              type="button"
              disabled={!canWork || isShut}
              aria-current={isOpen ? 'step' : undefined}
              title={isShut ? text.gated : undefined}
              onClick={() => void labs.open(step.id)}
              className={cn(
                'flex w-full items-start gap-2 rounded px-2 py-1 text-left text-[14px] hover:bg-ink/8 disabled:opacity-60',
                isOpen && 'font-[640]',
              )}
            >
              <Sign size={15} className={cn('mt-1 shrink-0', isPast(step.id) && 'text-ok')} aria-hidden="true" />
              <span className="min-w-0 flex-1">{step.title}</span>
              <span className="sr-only">{stateOf(own, isOpen)}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** The check list of a step: a light for each, and in words why one is not on. */
'use client';

import type { ReaderGroup, ReaderLeaf } from '@drydock/lab';
import { readerLeafTitle } from '@drydock/lab';
import type { LabLeaf } from '@drydock/protocol';
import { Check, CircleDashed, CircleDot } from 'lucide-react';
import { strings } from '../../strings.ts';
import { cn } from '../ui/cn.ts';
import { useLabHere } from './lab-context.tsx';

const text = strings.labs;

/** All leaves of a check, in the order of the lab. */
export function leavesIn(group: ReaderGroup): ReaderLeaf[] {
  return group.of.flatMap((each) => ('op' in each ? leavesIn(each) : [each]));
}

function Light({ leaf }: { leaf: LabLeaf | undefined }) {
  const passed = leaf?.passedAt !== undefined;
  const Sign = passed ? Check : leaf?.light === 'looking' || leaf === undefined ? CircleDashed : CircleDot;
  return (
    <Sign
      size={16}
      aria-hidden="true"
      className={cn('mt-0.5 shrink-0', passed ? 'text-ok' : leaf?.light === 'off' ? 'text-danger' : 'text-ink-3')}
    />
  );
}

function stateWord(leaf: LabLeaf | undefined): string {
  if (leaf?.already) return text.already;
  if (leaf?.passedAt !== undefined) return text.passed;
  return text.lights[leaf?.light ?? 'looking'];
}

function CheckLine({ leaf, live }: { leaf: ReaderLeaf; live: LabLeaf | undefined }) {
  const isOpen = live?.passedAt === undefined && live?.why !== undefined;
  return (
    <li className="py-1.5" data-light={live?.passedAt === undefined ? (live?.light ?? 'looking') : 'passed'}>
      <div className="flex items-start gap-2">
        <Light leaf={live} />
        <span className="min-w-0 flex-1 break-words">{readerLeafTitle(leaf)}</span>
        <span className="shrink-0 text-[13px] text-ink-3">{stateWord(live)}</span>
      </div>
      {isOpen && (
        <details className="ml-6 text-[13px]">
          <summary className="cursor-pointer py-0.5 text-ink-2">{text.why}</summary>
          <p className="whitespace-pre-wrap break-words rounded bg-sunken px-2 py-1.5">{live.why}</p>
        </details>
      )}
    </li>
  );
}

/** The leaves of the shown step whose keys are among `keys`. */
export function CheckList({ keys }: { keys: readonly string[] }) {
  const here = useLabHere();
  if (here?.step === undefined) return null;
  const isOpen = here.view.step === here.step.id;
  const live = new Map(here.view.leaves.map((leaf) => [leaf.key, leaf]));
  const leaves = leavesIn(here.step.checks).filter(({ key, subject }) => keys.includes(key) && subject.kind !== 'ask');
  if (leaves.length === 0) return null;
  return (
    <section aria-label={text.checks} className="rounded-md border border-line px-3 py-1">
      <ul className="divide-y divide-line/60">
        {leaves.map((leaf) => (
          <CheckLine key={leaf.key} leaf={leaf} live={isOpen ? live.get(leaf.key) : undefined} />
        ))}
      </ul>
    </section>
  );
}

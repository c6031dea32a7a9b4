/** A lab beside the terminals: its steps, the text of the one that is open, and what its checks see. */
'use client';

import type { ReaderBlock, ReaderLab, ReaderStep } from '@drydock/lab';
import type { LabView } from '@drydock/protocol';
import { useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { rememberLab } from '../../workbench/lab/lab-memory.ts';
import { useCanWork, useValue, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { PanelLoading } from '../ui/panel-loading.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { Blocks } from './blocks.tsx';
import { CheckList, leavesIn } from './checks.tsx';
import { LabProvider } from './lab-context.tsx';
import { LabMenu } from './lab-menu.tsx';
import { StepList } from './step-list.tsx';
import { useLabNews } from './use-lab-news.ts';

const text = strings.labs;

/** Keys of leaves that the step's blocks show already. */
function shownLeaves(blocks: readonly ReaderBlock[]): Set<string> {
  return new Set(blocks.flatMap((block) => (block.kind === 'checks' ? block.leaves : [])));
}

function Work({ view }: { view: LabView }) {
  const { work } = view;
  if (work === null) return null;
  if (work.failed !== undefined) {
    return (
      <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-[13px]">
        {text.workFailed} {work.failed}
      </p>
    );
  }
  return (
    <p role="status" className="rounded-md bg-sunken px-3 py-2 text-[13px]">
      {text.working(work.text, work.done, work.total)}
    </p>
  );
}

function StepText({ step }: { step: ReaderStep }) {
  const shown = shownLeaves(step.blocks);
  const left = leavesIn(step.checks)
    .map(({ key }) => key)
    .filter((key) => !shown.has(key));
  return (
    <>
      <Blocks blocks={step.blocks} />
      <CheckList keys={left} />
    </>
  );
}

function Ways({ lab, view, place }: { lab: ReaderLab; view: LabView; place: 'intro' | 'finish' | null }) {
  const { labs } = useWorkbench();
  const canWork = useCanWork();
  const at = lab.steps.findIndex(({ id }) => id === view.step);
  const before = lab.steps[at - 1];
  const next = lab.steps[at + 1];
  const first = lab.steps[0];
  if (!canWork) return null;
  if (place === 'intro' || view.step === null) {
    return first === undefined ? null : (
      <Button kind="primary" onClick={() => void labs.open(view.step ?? first.id)}>
        {text.begin}
      </Button>
    );
  }
  const isDone = view.steps.find(({ id }) => id === view.step)?.doneAt !== undefined;
  return (
    <div className="flex flex-wrap gap-2">
      {place === null && at === 0 && <Button onClick={() => labs.place.set('intro')}>{text.intro}</Button>}
      {place === null && before !== undefined && (
        <Button onClick={() => void labs.open(before.id)}>{text.previous}</Button>
      )}
      {place === null && next !== undefined && (
        <Button kind={isDone ? 'primary' : 'plain'} onClick={() => void labs.open(next.id)}>
          {text.next}
        </Button>
      )}
      {place === null && next === undefined && lab.finish !== undefined && (
        <Button kind={isDone ? 'primary' : 'plain'} onClick={() => labs.place.set('finish')}>
          {text.showFinish}
        </Button>
      )}
      {place === 'finish' && <Button onClick={() => labs.place.set(null)}>{text.previous}</Button>}
    </div>
  );
}

/** Above a heading that was scrolled to (CSS px). */
const HEADING_AIR = 16;

/** Scrolls the panel alone: `scrollIntoView` would move what is around it too, up to the page that shows a frame. */
function scrollToTop(heading: HTMLElement): void {
  const panel = heading.closest('section');
  if (panel === null) return;
  panel.scrollTop += heading.getBoundingClientRect().top - panel.getBoundingClientRect().top - HEADING_AIR;
}

function Shown({ lab, view }: { lab: ReaderLab; view: LabView }) {
  const { labs } = useWorkbench();
  const place = useValue(labs.place);
  const step = place === null ? lab.steps.find(({ id }) => id === view.step) : undefined;
  const heading = useRef<HTMLHeadingElement>(null);
  const [isListOpen, setListOpen] = useState(false);
  const at = lab.steps.findIndex(({ id }) => id === view.step) + 1;
  const done = view.steps.filter(({ doneAt }) => doneAt !== undefined).length;
  const said = useLabNews(lab, view);
  useEffect(() => rememberLab(view.id, { done, of: lab.steps.length }), [view.id, done, lab.steps.length]);
  const title = step?.title ?? (place === 'finish' ? text.finish : lab.title);
  // A step that was opened begins at its heading, for eyes and for screen readers.
  const shownId = step?.id ?? place ?? 'intro';
  const before = useRef(shownId);
  useEffect(() => {
    if (before.current === shownId) return;
    before.current = shownId;
    if (heading.current !== null) scrollToTop(heading.current);
  }, [shownId]);
  return (
    <LabProvider here={{ lab, view, step }}>
      <p role="status" className="sr-only">
        {said}
      </p>
      <ScrollRegion label={strings.workbench.panels.lab} className="h-full overflow-y-auto bg-surface">
        <article className="mx-auto max-w-[46rem] space-y-3 px-5 py-4 text-[15px] leading-relaxed" lang={lab.lang}>
          <header className="space-y-2" lang={document.documentElement.lang}>
            <div className="flex items-center justify-between gap-2">
              <details open={isListOpen} onToggle={(event) => setListOpen(event.currentTarget.open)}>
                <summary className="cursor-pointer text-[13px] text-ink-2">
                  {step === undefined ? lab.title : `${lab.title} · ${text.step(at, lab.steps.length)}`}
                </summary>
              </details>
              <LabMenu view={view} step={step} />
            </div>
            <div
              role="progressbar"
              aria-label={text.progress(done, lab.steps.length)}
              aria-valuemin={0}
              aria-valuemax={lab.steps.length}
              aria-valuenow={done}
              className="h-1.5 overflow-hidden rounded-full bg-sunken forced-colors:border"
            >
              <div
                className="h-full bg-ok"
                style={{ inlineSize: `${(100 * done) / Math.max(1, lab.steps.length)}%` }}
              />
            </div>
            {isListOpen && <StepList lab={lab} view={view} />}
            {view.newer !== null && (
              <p className="flex flex-wrap items-center gap-2 rounded-md bg-warn-soft px-3 py-2 text-[13px]">
                {text.newer}
                <Button size="sm" onClick={() => void labs.ask('lab:update', {})}>
                  {text.update}
                </Button>
              </p>
            )}
            {view.notHere.length > 0 && (
              <p className="rounded-md bg-warn-soft px-3 py-2 text-[13px]">{text.notHere(view.notHere.join(', '))}</p>
            )}
            <Work view={view} />
          </header>
          <h2 ref={heading} className="lettering text-2xl">
            {title}
          </h2>
          {step === undefined ? (
            <Blocks blocks={(place === 'finish' ? lab.finish : lab.intro) ?? []} />
          ) : (
            <StepText key={step.id} step={step} />
          )}
          <footer className="pt-3 pb-8" lang={document.documentElement.lang}>
            <Ways lab={lab} view={view} place={place} />
          </footer>
        </article>
      </ScrollRegion>
    </LabProvider>
  );
}

export function LabPanel() {
  const { labs } = useWorkbench();
  const { lab: view } = useWorkbenchData();
  const state = useValue(labs.text);
  const version = view?.version;
  useEffect(() => {
    if (version !== undefined) labs.text.want(version);
  }, [labs, version]);
  if (view === null) return <p className="p-5 text-ink-2">{text.none}</p>;
  if (state.kind === 'failed') {
    return (
      <div role="alert" className="space-y-3 p-5">
        <p>
          {text.textFailed} {state.message}
        </p>
        <Button onClick={() => labs.text.want(view.version)}>{text.retry}</Button>
      </div>
    );
  }
  if (state.kind !== 'there') return <PanelLoading />;
  return <Shown lab={state.lab} view={view} />;
}

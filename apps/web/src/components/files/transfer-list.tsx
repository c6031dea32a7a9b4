/** Uploads under way and just finished: how far they are, and what can be done about them. */
'use client';

import { Check, CircleAlert, File, Folder, X } from 'lucide-react';
import { strings } from '../../strings.ts';
import { formatBytes } from '../../workbench/base/format.ts';
import { shownName } from '../../workbench/files/path.ts';
import type { Transfer } from '../../workbench/files/transfers.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { cn } from '../ui/cn.ts';

const text = strings.files.transfers;

function wordsOf({ state, kind, sent, bytes, files, filesDone }: Transfer): string {
  const amount = text.sending(formatBytes(sent), formatBytes(bytes));
  switch (state.kind) {
    case 'waiting':
      return text.waiting;
    case 'sending':
      return kind === 'folder' ? `${text.files(filesDone, files)} · ${amount}` : amount;
    case 'paused':
      return text.paused;
    case 'exists':
      return text.exists[kind];
    case 'failed':
      return state.message;
    case 'done':
      return kind === 'folder'
        ? `${text.done} · ${text.files(filesDone, files)}`
        : `${text.done} · ${formatBytes(bytes)}`;
    case 'cancelled':
      return text.cancelled;
  }
}

function percentOf({ state, sent, bytes, files, filesDone }: Transfer): number {
  if (state.kind === 'done') return 100;
  if (bytes > 0) return Math.floor((sent / bytes) * 100);
  return files > 0 ? Math.floor((filesDone / files) * 100) : 0;
}

function TransferRow({ transfer }: { transfer: Transfer }) {
  const { transfers } = useWorkbench().files;
  const { id, kind, state, folder, node } = transfer;
  const name = shownName(transfer.name);
  const percent = percentOf(transfer);
  const isOver =
    state.kind === 'done' || state.kind === 'cancelled' || state.kind === 'failed' || state.kind === 'exists';
  const Icon =
    state.kind === 'done' ? Check : state.kind === 'failed' ? CircleAlert : kind === 'folder' ? Folder : File;
  const tone = state.kind === 'done' ? 'text-ok' : state.kind === 'failed' ? 'text-danger' : 'text-ink-3';
  return (
    <li className="px-3 py-2">
      <div className="flex items-center gap-2">
        <Icon size={15} className={cn('shrink-0', tone)} aria-hidden="true" />
        <span className="min-w-0 flex-1 truncate text-[13.5px]" title={`${name} ${text.to(shownName(folder), node)}`}>
          {name}
        </span>
        <IconButton
          label={isOver ? text.dismiss(name) : text.cancel(name)}
          className="-my-1 size-6 coarse:size-9"
          onClick={() => (isOver ? transfers.dismiss(id) : transfers.cancel(id))}
        >
          <X size={14} aria-hidden="true" />
        </IconButton>
      </div>
      {!isOver && (
        <div
          role="progressbar"
          aria-label={text.progress(name, percent)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
          className="mt-1.5 h-1 overflow-hidden rounded-full bg-ink/12"
        >
          <span
            className={cn(
              'block h-full rounded-full transition-[width]',
              state.kind === 'paused' ? 'bg-warn' : 'bg-accent',
            )}
            style={{ width: `${percent}%` }}
          />
        </div>
      )}
      <p className={cn('mt-1 text-[12.5px]', state.kind === 'failed' ? 'text-danger' : 'text-ink-3')}>
        {wordsOf(transfer)}
      </p>
      {state.kind === 'exists' && (
        <div className="mt-1.5 flex gap-2">
          <Button size="sm" onClick={() => transfers.replace(id)}>
            {text.replace[kind]}
          </Button>
          <Button size="sm" kind="quiet" onClick={() => transfers.dismiss(id)}>
            {text.skip}
          </Button>
        </div>
      )}
      {state.kind === 'failed' && (
        <Button size="sm" className="mt-1.5" onClick={() => transfers.retry(id)}>
          {text.retry}
        </Button>
      )}
    </li>
  );
}

/** The list; nothing while there is nothing to tell. */
export function TransferList({ className }: { className?: string }) {
  const { transfers } = useWorkbench().files;
  const all = useValue(transfers);
  if (all.length === 0) return null;
  const busy = all.filter(({ state }) => !['done', 'cancelled'].includes(state.kind)).length;
  return (
    <section aria-label={text.title} className={cn('flex flex-col border-line border-t bg-surface', className)}>
      <div className="flex h-9 shrink-0 items-center justify-between gap-2 pr-2 pl-3">
        <h3 className="font-[620] text-[13px]">{text.title}</h3>
        <span role="status" className="sr-only">
          {busy === 0 ? text.done : ''}
        </span>
        {busy < all.length && (
          <Button size="sm" kind="quiet" className="h-7" onClick={() => transfers.dismissFinished()}>
            {text.clear}
          </Button>
        )}
      </div>
      <ul className="scroll-quiet min-h-0 divide-y divide-line overflow-y-auto">
        {all.map((transfer) => (
          <TransferRow key={transfer.id} transfer={transfer} />
        ))}
      </ul>
    </section>
  );
}

/** Short messages over the lower edge of a frame, and the two questions that a terminal may ask. */
'use client';

import { X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect } from 'react';
import { strings } from '../../strings.ts';
import type { Notice } from '../../workbench/base/notices.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { cn } from '../ui/cn.ts';

const PasteDialog = dynamic(() => import('../terminal/paste-dialog.tsx').then((module) => module.PasteDialog));
const LinkDialog = dynamic(() => import('../terminal/link-dialog.tsx').then((module) => module.LinkDialog));

/** How long a message stays that says nothing bad (ms). */
const STAY_MS = 6000;

function Message({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const stays = notice.kind === 'error' || notice.kind === 'warning';
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(onClose, STAY_MS);
    return () => clearTimeout(timer);
  }, [stays, onClose]);
  return (
    <div
      role={notice.kind === 'error' ? 'alert' : 'status'}
      className={cn(
        'flex items-start gap-2 rounded-lg border border-line bg-raised py-2 pr-1 pl-3 text-[13.5px] shadow-float',
        notice.kind === 'error' && 'border-danger/50',
      )}
    >
      <p className="min-w-0 flex-1">
        <span className="font-[620]">{notice.title}</span>
        {notice.text !== undefined && <span className="text-ink-2"> {notice.text}</span>}
      </p>
      <button
        type="button"
        aria-label={strings.embed.dismiss}
        onClick={onClose}
        className="grid size-6 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-ink/8 coarse:size-11"
      >
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  );
}

function Questions() {
  const { dialog } = useWorkbench();
  const open = useValue(dialog);
  const close = () => dialog.set(null);
  if (open?.kind === 'paste') return <PasteDialog question={open.question} onClose={close} />;
  if (open?.kind === 'link') return <LinkDialog question={open.question} onClose={close} />;
  return null;
}

export function EmbedExtras() {
  const { notices } = useWorkbench();
  const [...shown] = useValue(notices);
  return (
    <>
      <div className="pointer-events-none absolute inset-x-2 bottom-2 z-20 flex flex-col items-end gap-1.5 [&>*]:pointer-events-auto [&>*]:max-w-md">
        {shown.slice(-2).map((notice) => (
          <Message key={notice.id} notice={notice} onClose={() => notices.dismiss(notice.id)} />
        ))}
      </div>
      <Questions />
    </>
  );
}

/** Messages at the corner of the page; errors stay until they are read. */
'use client';

import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { strings } from '../../strings.ts';
import type { Notice } from '../../workbench/base/notices.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button, IconButton } from './button.tsx';

const ICONS = { info: Info, success: CircleCheck, warning: TriangleAlert, error: CircleAlert };
const TONES = { info: 'text-accent', success: 'text-ok', warning: 'text-warn', error: 'text-danger' };
/** How long a message stays (ms); errors and warnings wait to be dismissed. */
const STAY_MS = { info: 7000, success: 5000, warning: 3_600_000, error: 3_600_000 };

function ToastCard({ notice, onClose }: { notice: Notice; onClose: () => void }) {
  const { place, dialog } = useWorkbench();
  const Icon = ICONS[notice.kind];
  const act = (run: () => void) => {
    run();
    // The message goes and leaves the focus to the list of messages: whoever was typing types on. Behind its own move of the focus.
    setTimeout(() => dialog.getState() === null && place.focusTerminal());
  };
  return (
    <Toast.Root
      type={notice.kind === 'error' ? 'foreground' : 'background'}
      duration={STAY_MS[notice.kind]}
      onOpenChange={(open) => !open && onClose()}
      className="flex items-start gap-3 rounded-lg border border-line bg-raised py-3 pr-2 pl-4 text-sm shadow-float motion-safe:data-[state=open]:animate-[toast_160ms_ease-out]"
    >
      <Icon size={18} className={`mt-px shrink-0 ${TONES[notice.kind]}`} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <Toast.Title className="font-[620]">{notice.title}</Toast.Title>
        {notice.text !== undefined && (
          <Toast.Description className="mt-0.5 text-ink-2">{notice.text}</Toast.Description>
        )}
        {notice.action !== undefined && (
          <Toast.Action asChild altText={notice.action.label}>
            <Button size="sm" className="mt-2.5" onClick={() => notice.action && act(notice.action.run)}>
              {notice.action.label}
            </Button>
          </Toast.Action>
        )}
      </div>
      <Toast.Close asChild>
        <IconButton label={strings.workbench.dismiss} className="-mt-1">
          <X size={16} aria-hidden="true" />
        </IconButton>
      </Toast.Close>
    </Toast.Root>
  );
}

export function Toasts() {
  const { notices } = useWorkbench();
  const shown = useValue(notices);
  return (
    <Toast.Provider label={strings.workbench.notifications} swipeDirection="right">
      {shown.map((notice) => (
        <ToastCard key={notice.id} notice={notice} onClose={() => notices.dismiss(notice.id)} />
      ))}
      <Toast.Viewport
        label={`${strings.workbench.notifications} ({hotkey})`}
        className="fixed right-3 bottom-3 z-[60] flex w-[min(24rem,calc(100vw-1.5rem))] flex-col gap-2 outline-none"
      />
    </Toast.Provider>
  );
}

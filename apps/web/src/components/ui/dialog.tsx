/** Dialogs and confirmations: centred sheets that trap nothing but the focus they were given. */
'use client';

import { X } from 'lucide-react';
import { AlertDialog, Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { strings } from '../../strings.ts';
import { IconButton } from './button.tsx';
import { cn } from './cn.ts';

const overlay = 'fixed inset-0 z-40 bg-black/45 motion-safe:animate-[fade_120ms_ease-out]';
const sheet =
  'fixed top-1/2 left-1/2 z-50 flex max-h-[88dvh] w-[calc(100vw-1.5rem)] -translate-x-1/2 -translate-y-1/2 flex-col overflow-y-auto rounded-lg border border-line bg-raised p-6 text-ink shadow-float motion-safe:animate-[rise_140ms_ease-out] forced-colors:border';

/** A sheet that asks for something written begins there; any other at its first control. */
function focusFirstField(event: Event): void {
  const sheetOf = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
  const field = sheetOf?.querySelector<HTMLInputElement>(
    'form input:not([readonly], [type="radio"], [type="checkbox"])',
  );
  if (!field) return;
  event.preventDefault();
  field.focus();
}

/** A dialog without a trigger of its own gives the focus back to what had it: Radix would leave it nowhere. */
function useFocusBack() {
  const before = useRef<HTMLElement | null>(null);
  return {
    remember() {
      before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    },
    giveBack(event: Event) {
      if (before.current === null || !before.current.isConnected) return;
      event.preventDefault();
      before.current.focus();
    },
  };
}

interface ModalProps {
  title: string;
  text?: ReactNode;
  onClose: () => void;
  children?: ReactNode;
  className?: string;
}

export function Modal({ title, text, onClose, children, className = 'max-w-lg' }: ModalProps) {
  const { remember, giveBack } = useFocusBack();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={overlay} />
        <Dialog.Content
          className={cn(sheet, className)}
          onOpenAutoFocus={(event) => {
            remember();
            focusFirstField(event);
          }}
          onCloseAutoFocus={giveBack}
          {...(text === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <div className="flex items-start justify-between gap-4">
            <Dialog.Title className="lettering text-xl">{title}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton label={strings.workbench.close} className="-mt-1 -mr-2">
                <X size={18} aria-hidden="true" />
              </IconButton>
            </Dialog.Close>
          </div>
          {text !== undefined && <Dialog.Description className="mt-1 text-ink-2 text-sm">{text}</Dialog.Description>}
          <div className="mt-5">{children}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ConfirmProps {
  title: string;
  text: ReactNode;
  cancel: string;
  onCancel: () => void;
  /** The button that does it; stays open while it works. */
  children: ReactNode;
}

export function Confirm({ title, text, cancel, onCancel, children }: ConfirmProps) {
  const { remember, giveBack } = useFocusBack();
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onCancel()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={overlay} />
        <AlertDialog.Content className={cn(sheet, 'max-w-md')} onOpenAutoFocus={remember} onCloseAutoFocus={giveBack}>
          <AlertDialog.Title className="lettering text-xl">{title}</AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 text-[15px] text-ink-2">{text}</div>
          </AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-2.5">
            <AlertDialog.Cancel className="inline-flex h-9 items-center rounded-md border border-edge/60 bg-surface px-3.5 font-[560] text-sm hover:border-edge coarse:h-11">
              {cancel}
            </AlertDialog.Cancel>
            {children}
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

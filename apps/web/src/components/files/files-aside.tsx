/** Where the Files panel lies: beside the terminals on a wide window, as a sheet over them on a phone. Its code is loaded when it is opened. */
'use client';

import dynamic from 'next/dynamic';
import { Dialog } from 'radix-ui';
import { useEffect } from 'react';
import { strings } from '../../strings.ts';
import { carriesFiles } from '../../workbench/files/dropped.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { TransferList } from './transfer-list.tsx';

const FilesPanel = dynamic(() => import('./files-panel.tsx').then((module) => module.FilesPanel), { ssr: false });

/** Shows or hides the panel, in the form that fits the window. */
export function useFilesToggle(): { open: boolean; toggle: () => void } {
  const { preferences, files } = useWorkbench();
  const panel = useValue(preferences).files;
  const sheet = useValue(files.sheet);
  return {
    open: panel || sheet,
    toggle: files.togglePanel,
  };
}

/** Files that miss every target must not replace the page. */
function useNoAccidentalDrop(): void {
  useEffect(() => {
    const refuse = (event: DragEvent) => {
      if (event.defaultPrevented || !carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'none';
    };
    window.addEventListener('dragover', refuse);
    window.addEventListener('drop', refuse);
    return () => {
      window.removeEventListener('dragover', refuse);
      window.removeEventListener('drop', refuse);
    };
  }, []);
}

export function FilesAside() {
  const { preferences } = useWorkbench();
  const open = useValue(preferences).files;
  useNoAccidentalDrop();
  if (!open) {
    return (
      <TransferList className="fixed bottom-3 left-3 z-30 max-h-[50dvh] w-[min(20rem,calc(100vw-1.5rem))] rounded-lg border border-line shadow-float" />
    );
  }
  return (
    <aside
      aria-label={strings.files.title}
      className="hidden w-[clamp(240px,22vw,320px)] shrink-0 border-line border-r md:flex"
    >
      <FilesPanel onClose={() => preferences.update({ files: false })} onOpened={() => undefined} />
    </aside>
  );
}

export function FilesSheet() {
  const { files } = useWorkbench();
  const open = useValue(files.sheet);
  const close = () => files.sheet.set(false);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 bottom-0 z-40 flex h-[86dvh] flex-col rounded-t-lg border-line border-t bg-bg text-ink shadow-float motion-safe:animate-[rise_160ms_ease-out]"
        >
          <Dialog.Title className="sr-only">{strings.files.title}</Dialog.Title>
          <FilesPanel onClose={close} onOpened={close} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

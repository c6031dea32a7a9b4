/** Shows the one dialog that is open. */
'use client';

import dynamic from 'next/dynamic';
import { useEffect, useRef } from 'react';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { CloseFileDialog, DeleteFileDialog, MoveFileDialog, NewFileDialog } from '../files/file-dialogs.tsx';
import { AddNodeDialog } from '../nodes/add-node-dialog.tsx';
import { DeleteNodeDialog } from '../nodes/delete-node-dialog.tsx';
import { OpenPortDialog } from '../ports/open-port-dialog.tsx';
import { CloseSessionDialog } from '../session/close-session-dialog.tsx';
import { RenameSessionDialog } from '../session/rename-session-dialog.tsx';
import { ShareDialog } from '../session/share-dialog.tsx';
import { CloseTerminalDialog } from '../terminal/close-terminal-dialog.tsx';
import { LinkDialog } from '../terminal/link-dialog.tsx';
import { PasteDialog } from '../terminal/paste-dialog.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

const loadPalette = () => import('./command-palette.tsx').then((module) => module.CommandPalette);
const CommandPalette = dynamic(loadPalette);
const OutputsDialog = dynamic(() => import('../terminal/outputs-dialog.tsx').then((module) => module.OutputsDialog));
const NodeDetailsDialog = dynamic(() =>
  import('../nodes/node-details-dialog.tsx').then((module) => module.NodeDetailsDialog),
);
const SharePortDialog = dynamic(() =>
  import('../ports/share-port-dialog.tsx').then((module) => module.SharePortDialog),
);
const TakeHomeDialog = dynamic(() => import('../session/take-home-dialog.tsx').then((module) => module.TakeHomeDialog));
const QrDialog = dynamic(() => import('../ports/qr-dialog.tsx').then((module) => module.QrDialog));

/** The terminal's own code goes first (ms). */
const PALETTE_AFTER_MS = 1500;

/** After a dialog whose opener is gone (a command's, a menu's) the focus would be nowhere, and what is typed next lost. */
function useFocusAfterDialogs(isOpen: boolean): void {
  const { place } = useWorkbench();
  const wasOpen = useRef(false);
  useEffect(() => {
    const hasClosed = wasOpen.current && !isOpen;
    wasOpen.current = isOpen;
    if (!hasClosed) return;
    // Behind the dialog's own timer, which gives the focus back when it can.
    const timer = setTimeout(() => document.activeElement === document.body && place.focusTerminal());
    return () => clearTimeout(timer);
  }, [isOpen, place]);
}

export function Dialogs() {
  const { dialog } = useWorkbench();
  const open = useValue(dialog);
  const close = () => dialog.set(null);
  useFocusAfterDialogs(open !== null);
  useEffect(() => {
    // Typing begins with the key that opens it: its code has to be there by then.
    // What cannot be loaded now is asked for again when somebody opens it.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  switch (open?.kind) {
    case undefined:
      return null;
    case 'close-session':
      return <CloseSessionDialog onClose={close} />;
    case 'rename-session':
      return <RenameSessionDialog onClose={close} />;
    case 'share':
      return <ShareDialog onClose={close} />;
    case 'take-home':
      return <TakeHomeDialog onClose={close} />;
    case 'settings':
      return <SettingsDialog onClose={close} />;
    case 'shortcuts':
      return <ShortcutsDialog onClose={close} />;
    case 'palette':
      return <CommandPalette onClose={close} />;
    case 'outputs':
      return <OutputsDialog terminalId={open.terminalId} onClose={close} />;
    case 'add-node':
      return <AddNodeDialog onClose={close} />;
    case 'delete-node':
      return <DeleteNodeDialog node={open.node} onClose={close} />;
    case 'node-details':
      return <NodeDetailsDialog node={open.node} onClose={close} />;
    case 'open-port':
      return <OpenPortDialog node={open.node} onClose={close} />;
    case 'qr':
      return <QrDialog port={open} onClose={close} />;
    case 'share-port':
      return <SharePortDialog node={open.node} port={open.port} onClose={close} />;
    case 'new-file':
      return <NewFileDialog {...open} onClose={close} />;
    case 'move-file':
      return <MoveFileDialog {...open} onClose={close} />;
    case 'delete-file':
      return <DeleteFileDialog {...open} onClose={close} />;
    case 'close-file':
      return <CloseFileDialog id={open.id} onClose={close} />;
    case 'close-terminal':
      return <CloseTerminalDialog {...open} onClose={close} />;
    case 'link':
      return <LinkDialog question={open.question} onClose={close} />;
    case 'paste':
      return <PasteDialog question={open.question} onClose={close} />;
  }
}

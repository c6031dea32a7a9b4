/** Which dialog is open; at most one. */
import type { LinkQuestion } from '../terminal/links.ts';
import type { PasteQuestion } from '../terminal/paste.ts';

export type Dialog =
  | { kind: 'close-session' }
  | { kind: 'rename-session' }
  | { kind: 'share' }
  | { kind: 'take-home' }
  | { kind: 'settings' }
  | { kind: 'shortcuts' }
  | { kind: 'palette' }
  | { kind: 'outputs'; terminalId: string }
  | { kind: 'add-node' }
  | { kind: 'delete-node'; node: string }
  | { kind: 'node-details'; node: string }
  | { kind: 'open-port'; node: string }
  | { kind: 'qr'; node: string; port: number; url: string; visibility: 'private' | 'public' }
  | { kind: 'share-port'; node: string; port: number }
  | { kind: 'new-file'; what: 'file' | 'folder'; node: string; folder: string }
  | { kind: 'move-file'; node: string; path: string }
  | { kind: 'delete-file'; node: string; path: string; isFolder: boolean }
  | { kind: 'close-file'; id: string }
  /** `program`: what runs in it; empty when that is not known. */
  | { kind: 'close-terminal'; terminalId: string; title: string; program: string }
  | { kind: 'link'; question: LinkQuestion }
  | { kind: 'paste'; question: PasteQuestion };

/** Which dialog is open; at most one. */
import type { PasteQuestion } from './terminal-paste.ts';

export type Dialog =
  | { kind: 'close-session' }
  | { kind: 'share' }
  | { kind: 'settings' }
  | { kind: 'shortcuts' }
  | { kind: 'palette' }
  | { kind: 'add-node' }
  | { kind: 'delete-node'; node: string }
  | { kind: 'open-port'; node: string }
  | { kind: 'qr'; node: string; port: number; url: string; visibility: 'private' | 'public' }
  | { kind: 'paste'; question: PasteQuestion };

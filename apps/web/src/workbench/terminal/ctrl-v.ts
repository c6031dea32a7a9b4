/** What Ctrl+V does in terminals: paste where people expect it, else what the shell makes of it, with a word on how to paste. */
import { strings } from '../../strings.ts';
import type { Notices } from '../base/notices.ts';
import type { CtrlV, PreferenceStore } from '../base/preferences.ts';
import type { TerminalKeyActions } from './keys.ts';

/** Where terminals paste by Ctrl+V: Windows (since Windows 10) and ChromeOS. Elsewhere it is the shell's: the next key, literally. */
const systemPastesByCtrlV = () => /^Win/.test(navigator.platform) || /\bCrOS\b/.test(navigator.userAgent);

/** Whether Ctrl+V pastes, by the setting and the system. */
export function pastesByCtrlV(setting: CtrlV): boolean {
  return setting === 'system' ? systemPastesByCtrlV() : setting === 'paste';
}

/** Builds the answers that a terminal's keys ask for. */
export function createCtrlV(
  preferences: PreferenceStore,
  notices: Notices,
): Pick<TerminalKeyActions, 'pastesByCtrlV' | 'onCtrlVToShell'> {
  return {
    pastesByCtrlV: () => pastesByCtrlV(preferences.getState().ctrlV),
    onCtrlVToShell() {
      if (preferences.getState().ctrlV !== 'system') return;
      // Said once: whoever leaves it has chosen.
      preferences.update({ ctrlV: 'shell' });
      notices.show({
        kind: 'info',
        title: strings.terminals.ctrlVToShell,
        action: { label: strings.terminals.ctrlVPaste, run: () => preferences.update({ ctrlV: 'paste' }) },
      });
    },
  };
}

/** What a person may set; it is kept by the browser. */
'use client';

import { Minus, Plus } from 'lucide-react';
import { Switch } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { strings } from '../../strings.ts';
import { TERMINAL_THEMES } from '../../workbench/base/terminal-themes.ts';
import { chooseTheme, type Theme } from '../../workbench/base/theme.ts';
import { pastesByCtrlV } from '../../workbench/terminal/ctrl-v.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { IconButton } from '../ui/button.tsx';
import { Modal } from '../ui/dialog.tsx';
import { RadioTiles } from '../ui/radio-tiles.tsx';
import { useTheme } from '../ui/theme-switch.tsx';
import { ThemeSwatch } from './theme-swatch.tsx';

const text = strings.settings;
const PAGE_THEMES: readonly Theme[] = ['system', 'light', 'dark'];

function Row({ label, hint, id, children }: { label: string; hint?: string; id: string; children: ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-6 border-line border-t py-3">
      <div>
        <span id={id} className="font-[600] text-[15px]">
          {label}
        </span>
        {hint !== undefined && <p className="text-[13px] text-ink-3">{hint}</p>}
      </div>
      {children}
    </div>
  );
}

interface ToggleProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function Toggle({ label, hint, checked, onChange }: ToggleProps) {
  const id = useId();
  return (
    <Row label={label} hint={hint} id={id}>
      <Switch.Root
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={id}
        className="h-6 w-11 shrink-0 rounded-full border border-edge bg-sunken transition-colors data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Switch.Thumb className="block size-4.5 translate-x-0.5 rounded-full bg-edge transition-transform data-[state=checked]:translate-x-[22px] data-[state=checked]:bg-bg" />
      </Switch.Root>
    </Row>
  );
}

export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { preferences } = useWorkbench();
  const { terminalTheme, fontSize, copyOnSelect, ctrlV, screenReader, cursorBlink, longScrollback } =
    useValue(preferences);
  const page = useTheme();
  const sizeId = useId();
  return (
    <Modal title={text.title} text={text.text} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <RadioTiles
          label={text.page}
          value={page}
          onChange={chooseTheme}
          options={PAGE_THEMES.map((value) => ({ value, label: strings.theme[value] }))}
        />
        <RadioTiles
          label={text.terminal}
          value={terminalTheme}
          onChange={(value) => preferences.update({ terminalTheme: value })}
          options={TERMINAL_THEMES.map((value) => ({
            value,
            label: text.themes[value],
            picture: <ThemeSwatch theme={value} />,
          }))}
        />
      </div>
      <div className="mt-5">
        <Row label={text.fontSize} id={sizeId}>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame of its own. */}
          <span role="group" aria-labelledby={sizeId} className="flex items-center gap-1">
            <IconButton label={text.smaller} onClick={() => preferences.changeFontSize(-1)}>
              <Minus size={16} aria-hidden="true" />
            </IconButton>
            <output className="w-12 text-center font-mono text-sm">{fontSize} px</output>
            <IconButton label={text.larger} onClick={() => preferences.changeFontSize(1)}>
              <Plus size={16} aria-hidden="true" />
            </IconButton>
          </span>
        </Row>
        <Toggle
          label={text.copyOnSelect}
          hint={text.copyOnSelectHint}
          checked={copyOnSelect}
          onChange={(checked) => preferences.update({ copyOnSelect: checked })}
        />
        <Toggle
          label={text.ctrlV}
          hint={text.ctrlVHint}
          checked={pastesByCtrlV(ctrlV)}
          onChange={(checked) => preferences.update({ ctrlV: checked ? 'paste' : 'shell' })}
        />
        <Toggle
          label={text.screenReader}
          hint={text.screenReaderHint}
          checked={screenReader}
          onChange={(checked) => preferences.update({ screenReader: checked })}
        />
        <Toggle
          label={text.cursorBlink}
          hint={text.cursorBlinkHint}
          checked={cursorBlink}
          onChange={(checked) => preferences.update({ cursorBlink: checked })}
        />
        <Toggle
          label={text.longScrollback}
          hint={text.longScrollbackHint}
          checked={longScrollback}
          onChange={(checked) => preferences.update({ longScrollback: checked })}
        />
      </div>
    </Modal>
  );
}

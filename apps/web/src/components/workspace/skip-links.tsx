/** The first stops of the Tab key: screen reader mode, the terminal, and its commands as text. */
'use client';

import { useLab, useValue } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';

const style =
  'absolute top-1 left-1 z-[70] -translate-y-20 rounded-md bg-crane px-4 py-2 font-[640] text-on-crane text-sm focus:translate-y-0';

export function SkipLinks() {
  const { preferences, keys } = useLab();
  const { screenReader } = useValue(preferences);
  return (
    <>
      <button
        type="button"
        className={style}
        aria-pressed={screenReader}
        onClick={() => preferences.update({ screenReader: !screenReader })}
      >
        {screenReader ? strings.lab.skipScreenReaderOff : strings.lab.skipScreenReader}
      </button>
      <button type="button" className={style} onClick={keys.focusTerminal}>
        {strings.lab.skipToTerminal}
      </button>
      <button type="button" className={style} onClick={keys.showOutputs}>
        {strings.lab.skipOutputs}
      </button>
    </>
  );
}

/** The first stops of the Tab key: screen reader mode, the terminal, and its commands as text. */
'use client';

import { strings } from '../../strings.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';

const style =
  'absolute top-1 left-1 z-[70] -translate-y-20 rounded-md bg-crane px-4 py-2 font-[640] text-on-crane text-sm focus:translate-y-0';

export function SkipLinks() {
  const { preferences, place } = useWorkbench();
  const { screenReader } = useValue(preferences);
  return (
    <>
      <button
        type="button"
        className={style}
        aria-pressed={screenReader}
        onClick={() => preferences.update({ screenReader: !screenReader })}
      >
        {screenReader ? strings.workbench.skipScreenReaderOff : strings.workbench.skipScreenReader}
      </button>
      <button type="button" className={style} onClick={place.focusTerminal}>
        {strings.workbench.skipToTerminal}
      </button>
      <button type="button" className={style} onClick={place.showOutputs}>
        {strings.workbench.skipOutputs}
      </button>
    </>
  );
}

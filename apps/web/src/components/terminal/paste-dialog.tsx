/** Asks before several lines run in a plain shell. */
'use client';

import { useId, useState } from 'react';
import { strings } from '../../strings.ts';
import type { PasteQuestion } from '../../workbench/terminal/paste.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

const text = strings.terminals;
/** Lines of the text that are shown. */
const PREVIEW_LINES = 8;

export function PasteDialog({ question, onClose }: { question: PasteQuestion; onClose: () => void }) {
  const [always, setAlways] = useState(false);
  const id = useId();
  const preview = question.text
    .split(/\r\n|\r|\n/)
    .slice(0, PREVIEW_LINES)
    .join('\n');
  return (
    <Confirm
      title={text.pasteTitle(question.lines)}
      cancel={strings.workbench.cancel}
      onCancel={onClose}
      text={
        <>
          <p>{text.pasteText}</p>
          <pre className="mt-3 max-h-44 overflow-auto rounded-md bg-sunken p-3 font-mono text-[13px] text-ink">
            {preview}
          </pre>
          <label htmlFor={id} className="mt-3 flex items-center gap-2 text-sm">
            <input id={id} type="checkbox" checked={always} onChange={(event) => setAlways(event.target.checked)} />
            {text.pasteOnce}
          </label>
        </>
      }
    >
      <Button
        kind="primary"
        onClick={() => {
          question.accept(always);
          onClose();
        }}
      >
        {text.paste}
      </Button>
    </Confirm>
  );
}

/** Asks before a link is opened whose text says something else than where it leads. */
'use client';

import { strings } from '../../strings.ts';
import type { LinkQuestion } from '../../workbench/terminal/links.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';

const text = strings.terminals;

export function LinkDialog({ question, onClose }: { question: LinkQuestion; onClose: () => void }) {
  return (
    <Confirm
      title={text.linkTitle}
      cancel={strings.workbench.cancel}
      onCancel={onClose}
      text={
        <>
          <p>{text.linkText(question.text.trim())}</p>
          <pre className="mt-3 max-h-44 overflow-auto whitespace-pre-wrap break-all rounded-md bg-sunken p-3 font-mono text-[13px] text-ink">
            {question.target}
          </pre>
        </>
      }
    >
      <Button
        kind="primary"
        onClick={() => {
          question.open();
          onClose();
        }}
      >
        {text.linkOpen}
      </Button>
    </Confirm>
  );
}

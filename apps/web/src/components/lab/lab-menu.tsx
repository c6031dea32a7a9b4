/** What can be done with a step or the whole lab besides doing it: solved, begun afresh, skipped. */
'use client';

import type { ReaderStep } from '@drydock/lab';
import type { LabView } from '@drydock/protocol';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { Menu, MenuItem, MenuRule } from '../ui/menu.tsx';

const text = strings.labs;

type Question = 'afresh' | 'again' | 'skip';

export function LabMenu({ view, step }: { view: LabView; step: ReaderStep | undefined }) {
  const { labs } = useWorkbench();
  const [question, setQuestion] = useState<Question | null>(null);
  const isBusy = view.work !== null && view.work.failed === undefined;
  const titles: Record<Question, string> = {
    afresh: text.afreshTitle,
    again: text.againTitle,
    skip: text.skipTitle(step?.title ?? ''),
  };
  const replace = () => {
    const asked = question;
    setQuestion(null);
    if (asked === 'again') void labs.ask('lab:again', {});
    else if (asked === 'afresh' && step !== undefined) void labs.ask('lab:afresh', { step: step.id });
    else if (asked === 'skip' && step !== undefined) void labs.ask('lab:skip', { step: step.id });
  };
  return (
    <>
      <Menu
        trigger={
          <IconButton label={text.more} disabled={isBusy}>
            <Ellipsis size={16} aria-hidden="true" />
          </IconButton>
        }
      >
        {step?.solvable && (
          <MenuItem onSelect={() => void labs.ask('lab:solve', { step: step.id })}>{text.solve}</MenuItem>
        )}
        {step !== undefined && <MenuItem onSelect={() => setQuestion('afresh')}>{text.afresh}</MenuItem>}
        {step !== undefined && <MenuItem onSelect={() => setQuestion('skip')}>{text.skipTo}</MenuItem>}
        <MenuItem onSelect={() => setQuestion('again')}>{text.startOver}</MenuItem>
        <MenuRule />
        <MenuItem onSelect={() => void labs.downloadStatement(view)}>{text.statement}</MenuItem>
      </Menu>
      {question !== null && (
        <Confirm
          title={titles[question]}
          text={question === 'skip' ? text.skipText : text.freshText}
          cancel={strings.workbench.cancel}
          onCancel={() => setQuestion(null)}
        >
          <Button kind="danger" onClick={replace}>
            {text.doIt}
          </Button>
        </Confirm>
      )}
    </>
  );
}

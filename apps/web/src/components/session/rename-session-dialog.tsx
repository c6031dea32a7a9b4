/** Another name for the session, or none. */
'use client';

import { MAX_SESSION_NAME_LENGTH } from '@drydock/protocol';
import { type SubmitEvent, useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

const text = strings.rename;

export function RenameSessionDialog({ onClose }: { onClose: () => void }) {
  const { actions } = useWorkbench();
  const { session } = useWorkbenchData();
  const [name, setName] = useState(session.name ?? '');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await actions.rename(name.trim() === '' ? null : name.trim());
      onClose();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : text.failed);
      setBusy(false);
    }
  };
  return (
    <Modal title={text.title} onClose={onClose} className="max-w-md">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
        <Field
          label={text.label}
          hint={text.hint}
          error={error}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setError(null);
          }}
          className="font-sans"
          autoComplete="off"
          maxLength={MAX_SESSION_NAME_LENGTH}
        />
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>{strings.workbench.cancel}</Button>
          <Button kind="primary" type="submit" disabled={busy}>
            {text.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

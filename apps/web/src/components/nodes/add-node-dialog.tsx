/** A node with a name of one's own. */
'use client';

import { nodeNameSchema } from '@drydock/protocol';
import { type SubmitEvent, useState } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

const text = strings.nodes;

export function AddNodeDialog({ onClose }: { onClose: () => void }) {
  const { actions } = useWorkbench();
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted !== '' && !nodeNameSchema.safeParse(wanted).success) return setError(text.nameBad);
    setBusy(true);
    try {
      await actions.addNode(wanted === '' ? undefined : wanted);
      onClose();
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : strings.errors.addNode);
      setBusy(false);
    }
  };
  return (
    <Modal title={text.add} onClose={onClose} className="max-w-md">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
        <Field
          label={text.nameLabel}
          hint={text.nameHint}
          error={error}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
            setError(null);
          }}
          placeholder="web1"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={32}
        />
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>{strings.workbench.cancel}</Button>
          <Button kind="primary" type="submit" disabled={busy}>
            {busy ? text.adding : text.addThis}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

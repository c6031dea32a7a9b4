/** Opens a port by its number, also one that nothing listens on yet. */
'use client';

import { CLOSED_PORTS, portNumberSchema } from '@drydock/protocol';
import { type SubmitEvent, useState } from 'react';
import { strings } from '../../strings.ts';
import { portUrl } from '../../workbench/base/port-url.ts';
import { useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { useShowPreview } from '../workspace/use-show-panel.ts';

const text = strings.ports;

export function OpenPortDialog({ node, onClose }: { node: string; onClose: () => void }) {
  const { notices, sessionId } = useWorkbench();
  const { ports } = useWorkbenchData();
  const [value, setValue] = useState('');
  const [error, setError] = useState<string | null>(null);
  const showPreview = useShowPreview();
  /** The number as a port that may be opened, or undefined after it was said why not. */
  const checked = () => {
    const port = Number(value);
    if (!portNumberSchema.safeParse(port).success) setError(text.badPort);
    else if (CLOSED_PORTS.includes(port)) setError(text.closedPort);
    else return port;
  };
  const preview = () => {
    const port = checked();
    if (port === undefined) return;
    showPreview(node, port);
    onClose();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const port = checked();
    if (port === undefined) return;
    const known = ports[node]?.find(({ protocol }) => protocol === 'tcp')?.url;
    const url = portUrl(port, node, sessionId, known, new URL(window.location.href));
    // With `noopener` the answer is always null; a blocked window is only seen without it.
    const opened = window.open(url, '_blank');
    if (opened === null) notices.show({ kind: 'warning', title: text.popupBlocked });
    else opened.opener = null;
    onClose();
  };
  return (
    <Modal title={text.byNumberTitle(node)} onClose={onClose} className="max-w-sm">
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field
          label={text.byNumberLabel}
          error={error}
          value={value}
          onChange={(event) => {
            setValue(event.target.value);
            setError(null);
          }}
          inputMode="numeric"
          autoComplete="off"
          placeholder="8080"
        />
        <div className="flex justify-end gap-2.5">
          <Button onClick={preview}>{text.byNumberPreview}</Button>
          <Button kind="primary" type="submit">
            {text.byNumberGo}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

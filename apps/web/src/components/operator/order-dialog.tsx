/** Asks before an order is given, with its reason where it has one; nothing happens by one press alone. */
'use client';

import { type FormEvent, useId, useState } from 'react';
import { operator as text } from '../../strings/operator.ts';
import { order } from '../../workbench/operator/operator-desk.ts';
import { Button } from '../ui/button.tsx';
import { Modal } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

/** How long a block lasts unless the operator says otherwise (h). */
const BLOCK_HOURS = '24';

export interface Order {
  title: string;
  text: string;
  confirm: string;
  isDangerous?: boolean;
  method: 'POST' | 'DELETE';
  path: string;
  /** The name of its text in the body, and its label; without it no text is asked for. */
  words?: { name: 'reason' | 'message'; label: string };
  /** Of a block: the session whose starter it means. */
  blockOf?: string;
}

export function OrderDialog({ wanted, onDone }: { wanted: Order; onDone: (happened: boolean) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const endToo = useId();
  const { words, blockOf } = wanted;

  const give = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = {
      ...(words === undefined ? {} : { [words.name]: String(form.get('words')) }),
      ...(blockOf === undefined
        ? {}
        : { session: blockOf, hours: Number(form.get('hours')), endSessions: form.has('end-too') }),
    };
    setBusy(true);
    try {
      await order(wanted.method, wanted.path, wanted.method === 'DELETE' ? undefined : body);
      onDone(true);
    } catch (error) {
      setProblem(text.failed((error as Error).message));
      setBusy(false);
    }
  };

  return (
    <Modal title={wanted.title} text={wanted.text} onClose={() => onDone(false)} className="max-w-md">
      <form className="flex flex-col gap-4" onSubmit={(event) => void give(event)}>
        {words !== undefined && <Field name="words" label={words.label} required maxLength={500} autoComplete="off" />}
        {blockOf !== undefined && (
          <>
            <Field
              name="hours"
              label={text.hours}
              type="number"
              min="1"
              max="8784"
              defaultValue={BLOCK_HOURS}
              required
            />
            <label htmlFor={endToo} className="flex min-h-11 items-center gap-2.5 text-[15px]">
              <input id={endToo} name="end-too" type="checkbox" className="size-5 accent-accent" />
              {text.sessions.endToo}
            </label>
          </>
        )}
        {problem !== null && (
          <p role="alert" className="text-[14px] text-danger">
            {problem}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button onClick={() => onDone(false)}>{text.cancel}</Button>
          <Button type="submit" kind={wanted.isDangerous ? 'danger' : 'primary'} disabled={busy}>
            {wanted.confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

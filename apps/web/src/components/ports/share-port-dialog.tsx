/** A link, and its QR code, that opens one port for a while: for a phone, or for somebody who gets nothing else. */
'use client';

import { useState } from 'react';
import { renderSVG } from 'uqr';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Modal } from '../ui/dialog.tsx';
import { RadioTiles } from '../ui/radio-tiles.tsx';

const text = strings.ports.share;
const CHOICES = ['15', '60', '240'] as const;
type Choice = (typeof CHOICES)[number];

interface Made {
  url: string;
  expiresAt: number;
}

function SharedLink({ url, expiresAt }: Made) {
  const image = `data:image/svg+xml,${encodeURIComponent(renderSVG(url, { border: 2 }))}`;
  const time = new Date(expiresAt).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return (
    <>
      {/* biome-ignore lint/performance/noImgElement: a data URL has nothing to optimise. */}
      <img src={image} alt={text.link} width={240} height={240} className="mx-auto rounded-md bg-white" />
      <p className="text-center text-ink-2 text-sm">{text.until(time)}</p>
      <div className="flex items-center gap-3">
        <input
          readOnly
          aria-label={text.link}
          value={url}
          onFocus={(event) => event.target.select()}
          className="h-9 min-w-0 flex-1 rounded-md border border-line bg-sunken px-2.5 font-mono text-[12.5px] text-ink-2"
        />
        <CopyButton text={url} label={strings.ports.copyLink}>
          {strings.ports.copyLink}
        </CopyButton>
      </div>
    </>
  );
}

export function SharePortDialog({ node, port, onClose }: { node: string; port: number; onClose: () => void }) {
  const { actions, notices } = useWorkbench();
  const [choice, setChoice] = useState<Choice>('60');
  const [made, setMade] = useState<Made | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      setMade(await actions.sharePort(node, port, Number(choice)));
    } catch (error) {
      notices.fail(strings.errors.link, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal title={text.title(port, node)} text={text.text} onClose={onClose} className="max-w-md">
      <div className="flex flex-col gap-4">
        {made === null ? (
          <RadioTiles
            label={text.forHow}
            value={choice}
            options={CHOICES.map((value) => ({ value, label: text.choices[value] }))}
            onChange={setChoice}
          />
        ) : (
          <SharedLink {...made} />
        )}
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>{made === null ? strings.workbench.cancel : strings.workbench.done}</Button>
          {made === null && (
            <Button kind="primary" disabled={busy} onClick={() => void make()}>
              {busy ? text.making : text.make}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}

/** A port's address for a phone's camera. */
'use client';

import { renderSVG } from 'uqr';
import { strings } from '../../strings.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { Modal } from '../ui/dialog.tsx';

const text = strings.ports;

interface QrDialogProps {
  port: { node: string; port: number; url: string; visibility: 'private' | 'public' };
  onClose: () => void;
}

export function QrDialog({ port, onClose }: QrDialogProps) {
  const image = `data:image/svg+xml,${encodeURIComponent(renderSVG(port.url, { border: 2 }))}`;
  return (
    <Modal
      title={text.qrTitle(port.port, port.node)}
      text={port.visibility === 'public' ? text.qrText : text.qrPrivate}
      onClose={onClose}
      className="max-w-sm"
    >
      {/* biome-ignore lint/performance/noImgElement: a data URL has nothing to optimise. */}
      <img src={image} alt={port.url} width={280} height={280} className="mx-auto rounded-md bg-white" />
      <div className="mt-4 flex items-center justify-between gap-3">
        <span className="min-w-0 break-all font-mono text-[12.5px] text-ink-2">{port.url}</span>
        <CopyButton text={port.url} label={text.copyLink}>
          {text.copyLink}
        </CopyButton>
      </div>
    </Modal>
  );
}

/** A file of a lab: shown as it will be, with a button that writes it on its node. */
'use client';

import { FilePen } from 'lucide-react';
import { useState } from 'react';
import { strings } from '../../strings.ts';
import { ChangeError, type ShownFile } from '../../workbench/lab/file-writer.ts';
import { useCanWork, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { CopyIcon } from '../ui/copy-button.tsx';
import { useNodeOf } from './places.tsx';

const text = strings.labs;
const LABELS = { write: text.write, append: text.append, patch: text.apply, before: text.apply, after: text.apply };

export function FileBlock({ file }: { file: ShownFile }) {
  const { labs, files } = useWorkbench();
  const canWork = useCanWork();
  const node = useNodeOf()(file.node);
  const [said, setSaid] = useState<{ text: string; failed: boolean }>({ text: '', failed: false });
  const write = () =>
    labs.write(node, file).then(
      () => setSaid({ text: text.written, failed: false }),
      (error: Error) =>
        setSaid({ text: error instanceof ChangeError ? text.changeFailed[error.why] : error.message, failed: true }),
    );
  return (
    <figure className="rounded-md border border-line bg-sunken">
      <figcaption className="border-line border-b px-3 py-1.5 font-mono text-[12.5px] text-ink-2">
        {text.toFile(file.path, node)}
      </figcaption>
      <pre className="overflow-x-auto p-3 font-mono text-[13px] leading-6">{file.text}</pre>
      <div className="flex flex-wrap items-center gap-2 border-line border-t px-2 py-1.5 print:hidden">
        {canWork && (
          <Button size="sm" onClick={() => void write()}>
            <FilePen size={14} aria-hidden="true" />
            {LABELS[file.change.mode]}
          </Button>
        )}
        <Button size="sm" kind="quiet" onClick={() => files.openFile(node, file.path)}>
          {text.openFile}
        </Button>
        <CopyIcon text={file.text} label={text.copy} />
        <span role="status" className={said.failed ? 'text-[13px] text-danger' : 'text-[13px] text-ink-2'}>
          {said.text}
        </span>
      </div>
    </figure>
  );
}

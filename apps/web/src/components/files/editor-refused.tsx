/** A file that the editor cannot show: why, and the way to have it all the same. */
'use client';

import { FileX2 } from 'lucide-react';
import { strings } from '../../strings.ts';
import { formatBytes } from '../../workbench/base/format.ts';
import type { OpenDocument } from '../../workbench/files/documents.ts';
import { nameOf } from '../../workbench/files/path.ts';
import { useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';

const text = strings.files;

export function EditorRefused({ document }: { document: OpenDocument }) {
  const { files } = useWorkbench();
  const { node, path, phase } = useValue(document.state);
  if (phase.kind !== 'refused' && phase.kind !== 'failed') return null;
  const failed = phase.kind === 'failed';
  const size = phase.kind === 'refused' ? phase.sizeBytes : undefined;
  const words = failed ? phase.message : size === undefined ? text.refused.plain : text.refused.text(formatBytes(size));
  return (
    <div className="grid min-h-0 flex-1 place-items-center overflow-auto p-6">
      <div className="flex max-w-sm flex-col items-center text-center">
        <FileX2 size={40} strokeWidth={1.4} className="text-ink-3" aria-hidden="true" />
        <h3 className="lettering mt-4 text-lg">{failed ? text.refused.failed : text.refused[phase.why]}</h3>
        <p className="mt-1.5 mb-5 text-balance text-ink-2 text-sm">{words}</p>
        {failed ? (
          <Button onClick={() => void document.reload()}>{strings.workbench.retry}</Button>
        ) : (
          <Button kind="primary" onClick={() => void files.download(node, path, nameOf(path))}>
            {phase.why === 'folder' ? text.menu.downloadTar : text.menu.download}
          </Button>
        )}
      </div>
    </div>
  );
}

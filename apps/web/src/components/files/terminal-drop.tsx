/** Makes a terminal take dropped files and folders: they go to the folder that its shell is in. */
'use client';

import { Upload } from 'lucide-react';
import type { ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { shownName } from '../../workbench/files/path.ts';
import { useCanWork, useWorkbench } from '../../workbench/use-workbench.tsx';
import { useFileDrop } from './use-file-drop.ts';

export function TerminalDrop({
  terminalId,
  node,
  children,
}: {
  terminalId: string;
  node: string;
  children: ReactNode;
}) {
  const { files } = useWorkbench();
  const canWork = useCanWork();
  const { over, handlers } = useFileDrop(canWork, (data) => {
    const place = files.terminalPlace(terminalId, node);
    files.uploadDrop(place.node, place.folder, data);
  });
  const place = over ? files.terminalPlace(terminalId, node) : null;
  return (
    <div className="absolute inset-0" {...handlers}>
      {children}
      {place !== null && (
        <div className="pointer-events-none absolute inset-2 z-20 grid place-items-center rounded-lg border-2 border-crane border-dashed bg-bg/85 text-ink">
          <p className="flex max-w-[90%] flex-col items-center gap-3 text-center font-[600]">
            <Upload size={28} aria-hidden="true" />
            {strings.files.dropTerminal(place.node, shownName(place.folder))}
          </p>
        </div>
      )}
    </div>
  );
}

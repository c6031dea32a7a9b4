/** A place that takes files dropped from outside the page: whether something hangs over it, and the handlers for its element. */
'use client';

import { type DragEvent, useRef, useState } from 'react';
import { carriesFiles } from '../../workbench/files/dropped.ts';

export function useFileDrop(enabled: boolean, onDrop: (data: DataTransfer) => void) {
  const [over, setOver] = useState(false);
  // Enter and leave come for every child too; only their balance tells whether the pointer is inside.
  const depth = useRef(0);
  const leave = () => {
    depth.current = 0;
    setOver(false);
  };
  if (!enabled) return { over: false, handlers: {} };
  return {
    over,
    handlers: {
      onDragEnter(event: DragEvent) {
        if (!carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      },
      onDragOver(event: DragEvent) {
        if (!carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDragLeave(event: DragEvent) {
        if (!carriesFiles(event.dataTransfer)) return;
        depth.current -= 1;
        if (depth.current <= 0) leave();
      },
      onDrop(event: DragEvent) {
        leave();
        if (!carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        onDrop(event.dataTransfer);
      },
    },
  };
}

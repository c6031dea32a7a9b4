/** The editor of a document: its code is loaded when the first file is opened, and it lives as long as its tab. */
'use client';

import { type RefObject, useEffect, useState } from 'react';
import type { CodeEditor } from '../../workbench/files/code-editor.ts';
import type { OpenDocument } from '../../workbench/files/documents.ts';
import { useCanWork, useWorkbench } from '../../workbench/use-workbench.tsx';

export function useCodeEditor(document: OpenDocument, ready: boolean, place: RefObject<HTMLDivElement | null>) {
  const { preferences, keys } = useWorkbench();
  const canEdit = useCanWork();
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!ready) return;
    let made: CodeEditor | null = null;
    let wanted = true;
    import('../../workbench/files/code-editor.ts').then(
      ({ createCodeEditor }) => {
        if (!wanted || place.current === null) return;
        made = createCodeEditor({
          document,
          preferences,
          canEdit,
          pageKey: (event) => keys.handle(event, 'editor'),
          save: () => void document.save(),
        });
        made.mount(place.current);
        setEditor(made);
      },
      () => setFailed(true),
    );
    return () => {
      wanted = false;
      made?.dispose();
      setEditor(null);
    };
  }, [document, ready, place, preferences, keys, canEdit]);
  return { editor, failed };
}

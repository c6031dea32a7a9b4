/** One file in the editor: its path and buttons, the text, and what stands in the way of a save. */
'use client';

import { Download, Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { strings } from '../../strings.ts';
import type { CodeEditor } from '../../workbench/files/code-editor.ts';
import type { OpenDocument } from '../../workbench/files/documents.ts';
import { nameOf, shownName } from '../../workbench/files/path.ts';
import { useCanWork, useValue, useWorkbench } from '../../workbench/use-workbench.tsx';
import type { TabOf } from '../../workbench/workspace/panels.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { EditorConflict } from './editor-conflict.tsx';
import { EditorRefused } from './editor-refused.tsx';
import { useCodeEditor } from './use-code-editor.ts';

const text = strings.files;

function TopBar({ document, editor }: { document: OpenDocument; editor: CodeEditor | null }) {
  const { files } = useWorkbench();
  const canWork = useCanWork();
  const { node, path, dirty, saving, phase } = useValue(document.state);
  return (
    <div className="flex h-10 shrink-0 items-center gap-1 border-line border-b bg-surface pr-2 pl-3">
      <span className="min-w-0 flex-1 truncate font-mono text-[12.5px] text-ink-3" title={`${node}:${path}`}>
        <span className="text-ink-2">{node}</span>:{shownName(path)}
      </span>
      <span role="status" className="shrink-0 px-1 text-[12.5px] text-ink-3">
        {dirty ? text.unsaved : ''}
      </span>
      {editor !== null && (
        <IconButton label={text.find} onClick={editor.find}>
          <Search size={15} aria-hidden="true" />
        </IconButton>
      )}
      <IconButton label={text.menu.download} onClick={() => void files.download(node, path, nameOf(path))}>
        <Download size={15} aria-hidden="true" />
      </IconButton>
      {phase.kind === 'ready' && canWork && (
        <Button
          size="sm"
          kind={dirty ? 'primary' : 'plain'}
          className="ml-1 h-7"
          aria-keyshortcuts="Control+S"
          aria-disabled={!dirty || saving}
          onClick={() => dirty && void document.save()}
        >
          {saving ? text.saving : text.save}
        </Button>
      )}
    </div>
  );
}

function StatusLine({ editor }: { editor: CodeEditor }) {
  const { line, column, language, lineEnds } = useValue(editor.status);
  const canWork = useCanWork();
  return (
    <div className="flex h-6 shrink-0 items-center gap-4 overflow-hidden whitespace-nowrap border-line border-t bg-sunken px-3 text-[11.5px] text-ink-3 tabular-nums">
      <span>{text.cursor(line, column)}</span>
      <span>{language ?? text.plainText}</span>
      <span>{lineEnds}</span>
      {!canWork && <span>{text.readOnly}</span>}
      <span className="ml-auto hidden lg:inline">{text.leaveHint}</span>
    </div>
  );
}

/** Looks at the node's copy again when somebody comes back to the file. */
function useFreshness(document: OpenDocument, isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return;
    void document.check();
    const look = () => void document.check();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [document, isActive]);
}

export function EditorPane({ tab }: { tab: TabOf<'file'> }) {
  const { id } = tab;
  const { node, path } = tab.data;
  const { files, workspace } = useWorkbench();
  const document = files.documents.get(id, node, path);
  const state = useValue(document.state);
  const place = useRef<HTMLDivElement>(null);
  const ready = state.phase.kind === 'ready';
  const { editor, failed } = useCodeEditor(document, ready, place);
  const isActive = useValue(workspace).activeId === id;
  useFreshness(document, isActive);
  useEffect(() => {
    const busy = globalThis.document.activeElement?.closest(
      '[role="dialog"], [role="alertdialog"], [role="menu"], input',
    );
    if (editor !== null && isActive && !busy) editor.focus();
  }, [editor, isActive]);
  const onKeyDown = (event: KeyboardEvent) => {
    // From the text itself the editor's own key map takes it; this is for the buttons and the find panel.
    if (event.defaultPrevented || event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void document.save();
  };
  return (
    <section
      aria-label={text.region(shownName(nameOf(state.path)), node)}
      className="absolute inset-0 flex flex-col bg-surface"
      onFocusCapture={() => workspace.focused(id)}
      onKeyDown={onKeyDown}
    >
      <TopBar document={document} editor={editor} />
      <EditorConflict document={document} />
      {(state.phase.kind === 'refused' || state.phase.kind === 'failed') && <EditorRefused document={document} />}
      <div ref={place} className={ready ? 'relative min-h-0 flex-1 font-mono' : 'hidden'} />
      {editor === null && (ready || state.phase.kind === 'loading') && (
        <p role="status" className="absolute inset-0 grid place-items-center text-ink-3 text-sm">
          {failed ? strings.crashed.text : text.opening}
        </p>
      )}
      {editor !== null && <StatusLine editor={editor} />}
    </section>
  );
}

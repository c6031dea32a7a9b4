/** One CodeMirror editor on this page with the file that it shows; React only gives it a place. Loaded when the first file is opened. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { strings } from '../../strings.ts';
import type { PreferenceStore } from '../base/preferences.ts';
import { createValue } from '../base/store.ts';
import { languageOf, loadLanguage } from './code-languages.ts';
import { codeTheme } from './code-theme.ts';
import type { OpenDocument } from './documents.ts';
import { nameOf, shownName } from './path.ts';

export interface CodeEditorDeps {
  document: OpenDocument;
  preferences: PreferenceStore;
  canEdit: boolean;
  /** Answers keys of the page (palette, tiles...); true when it was one. */
  pageKey(event: KeyboardEvent): boolean;
  save(): void;
}

/** Where the cursor is, and the file's form, for the line below the editor. */
export interface EditorStatus {
  line: number;
  column: number;
  language: string | null;
  lineEnds: 'LF' | 'CRLF';
}

export type CodeEditor = ReturnType<typeof createCodeEditor>;

/** The separator that splits the text without changing a byte of it: CRLF only where every line ends so. */
export function lineSeparatorOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') && !/(^|[^\r])\n|\r(?!\n)/.test(text) ? '\r\n' : '\n';
}

/** Two blanks or what the file has: tabs where a line begins with one (make wants them). */
function unitOf(text: string): string {
  if (/^\t/m.test(text)) return '\t';
  return /^ {4}\S/m.test(text) && !/^ {2}\S/m.test(text) ? '    ' : '  ';
}

export function createCodeEditor({ document, preferences, canEdit, pageKey, save }: CodeEditorDeps) {
  const language = new Compartment();
  const name = () => nameOf(document.state.getState().path);
  const status = createValue<EditorStatus>({ line: 1, column: 1, language: null, lineEnds: 'LF' });
  let savedDoc: Text;
  let disposed = false;

  function stateOf(text: string): EditorState {
    return EditorState.create({
      doc: text,
      extensions: [
        EditorState.lineSeparator.of(lineSeparatorOf(text)),
        indentUnit.of(unitOf(text)),
        EditorState.tabSize.of(4),
        EditorState.readOnly.of(!canEdit),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        EditorView.contentAttributes.of(() => ({
          'aria-label': strings.files.editorLabel(shownName(name())),
          spellcheck: 'false',
          autocapitalize: 'off',
        })),
        EditorView.domEventHandlers({ keydown: (event) => pageKey(event) }),
        keymap.of([
          {
            key: 'Mod-s',
            preventDefault: true,
            run: () => {
              save();
              return true;
            },
          },
          ...searchKeymap,
          ...historyKeymap,
          // Escape, then Tab, leaves the editor by keyboard.
          indentWithTab,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) document.edited();
          if (update.docChanged || update.selectionSet) tellCursor();
        }),
        codeTheme,
        language.of([]),
      ],
    });
  }

  const host = globalThis.document.createElement('div');
  host.className = 'code-editor';
  const view = new EditorView({ state: stateOf(document.loadedText()), parent: host });
  savedDoc = view.state.doc;

  function tellCursor(): void {
    const { doc, selection } = view.state;
    const line = doc.lineAt(selection.main.head);
    const lineEnds = view.state.lineBreak === '\r\n' ? 'CRLF' : 'LF';
    const place = { line: line.number, column: selection.main.head - line.from + 1 };
    status.set({ ...status.getState(), ...place, lineEnds });
  }

  async function chooseLanguage(): Promise<void> {
    const wanted = languageOf(name(), view.state.sliceDoc(0, 200));
    status.set({ ...status.getState(), language: wanted });
    // A chunk that does not come costs the colours, not the editor.
    const support = wanted === null ? [] : await loadLanguage(wanted).catch(() => []);
    if (!disposed) view.dispatch({ effects: language.reconfigure(support) });
  }

  document.bind({
    text: () => view.state.sliceDoc(),
    load(text) {
      const { anchor } = view.state.selection.main;
      const top = view.scrollDOM.scrollTop;
      view.setState(stateOf(text));
      savedDoc = view.state.doc;
      view.dispatch({ selection: { anchor: Math.min(anchor, view.state.doc.length) } });
      requestAnimationFrame(() => {
        view.scrollDOM.scrollTop = top;
      });
      tellCursor();
      void chooseLanguage();
    },
    mark() {
      const { doc } = view.state;
      return () => {
        savedDoc = doc;
      };
    },
    isDirty: () => !view.state.doc.eq(savedDoc),
  });
  const applyFont = () => {
    host.style.fontSize = `${preferences.getState().fontSize}px`;
    view.requestMeasure();
  };
  applyFont();
  tellCursor();
  void chooseLanguage();
  let shownPath = document.state.getState().path;
  const followRename = () => {
    const { path } = document.state.getState();
    if (path === shownPath) return;
    shownPath = path;
    // An empty transaction makes the editor ask for its label again.
    view.dispatch({});
    void chooseLanguage();
  };
  const unsubscribe = [preferences.subscribe(applyFont), document.state.subscribe(followRename)];

  return {
    status,
    mount(place: HTMLElement): void {
      if (host.parentElement !== place) place.append(host);
      view.requestMeasure();
    },
    focus: () => view.focus(),
    find: () => openSearchPanel(view),
    dispose(): void {
      disposed = true;
      for (const stop of unsubscribe) stop();
      view.destroy();
      host.remove();
    },
  };
}

/** Find in a terminal: Enter and Shift+Enter walk through the matches, Escape goes back to the shell. */
'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import type { TerminalView } from '../../workbench/terminal/view.ts';
import { IconButton } from '../ui/button.tsx';

const text = strings.terminals;

/** Colours of the marks, readable over every theme. */
const DECORATIONS = {
  matchBackground: '#6b5a1e',
  matchOverviewRuler: '#f5b640',
  activeMatchBackground: '#f5b640',
  activeMatchColorOverviewRuler: '#f5b640',
};

export function FindBar({ view, onClose }: { view: TerminalView; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState('');
  const [result, setResult] = useState({ resultIndex: -1, resultCount: 0 });
  useEffect(() => {
    input.current?.focus();
    const subscription = view.search.onDidChangeResults(setResult);
    return () => {
      subscription.dispose();
      view.search.clearDecorations();
    };
  }, [view]);
  const find = (forward: boolean, text = query, incremental = false) => {
    if (text === '') return view.search.clearDecorations();
    const options = { decorations: DECORATIONS, incremental };
    if (forward) view.search.findNext(text, options);
    else view.search.findPrevious(text, options);
  };
  const close = () => {
    onClose();
    view.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') find(!event.shiftKey);
    if (event.key === 'Escape') close();
  };
  return (
    <search className="absolute top-2 right-4 z-10 flex items-center gap-0.5 rounded-lg border border-line bg-raised p-1 pl-3 shadow-float">
      <input
        ref={input}
        aria-label={text.findLabel}
        placeholder={text.findLabel}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          find(true, event.target.value, true);
        }}
        onKeyDown={onKeyDown}
        className="w-40 bg-transparent text-sm outline-none placeholder:text-ink-3 sm:w-56"
      />
      <span role="status" className="min-w-14 text-right text-[12.5px] text-ink-3 tabular-nums">
        {query !== '' &&
          (result.resultCount === 0 ? text.findNone : text.findCount(result.resultIndex + 1, result.resultCount))}
      </span>
      <IconButton label={text.findPrevious} onClick={() => find(false)}>
        <ChevronUp size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={text.findNext} onClick={() => find(true)}>
        <ChevronDown size={16} aria-hidden="true" />
      </IconButton>
      <IconButton label={strings.workbench.close} onClick={close}>
        <X size={16} aria-hidden="true" />
      </IconButton>
    </search>
  );
}

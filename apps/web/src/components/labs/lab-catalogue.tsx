/** The catalogue of labs: all are in the page; with scripts they can be searched, and what this browser finished has a tick. */
'use client';

import type { LabEntry } from '@drydock/protocol';
import { Check } from 'lucide-react';
import { useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { type LabMemory, readLabMemory } from '../../workbench/lab/lab-memory.ts';
import { factsOf, labHref } from './lab-facts.ts';

const text = strings.labs;

function matches(lab: LabEntry, words: string, level: string): boolean {
  if (level !== '' && lab.level !== level) return false;
  const all = `${lab.title} ${lab.summary} ${lab.tags.join(' ')} ${lab.course?.title ?? ''}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function LabRow({ lab, memory }: { lab: LabEntry; memory: LabMemory | undefined }) {
  const isFinished = memory !== undefined && memory.done >= memory.of;
  return (
    <li className="border-line border-t py-4" lang={lab.lang}>
      <a href={labHref(lab.id)} className="font-[640] text-[17px] underline-offset-4 hover:underline">
        {lab.title}
      </a>
      {memory !== undefined && (
        <span className="ml-2 inline-flex items-center gap-1 text-[13px] text-ink-2">
          {isFinished && <Check size={14} className="text-ok" aria-hidden="true" />}
          {isFinished ? text.finishedHere : text.begunHere}
        </span>
      )}
      <p className="mt-1 max-w-[46rem] text-pretty text-ink-2">{lab.summary}</p>
      <p className="mt-1 text-[13px] text-ink-3">{factsOf(lab)}</p>
    </li>
  );
}

export function LabCatalogue({ labs }: { labs: readonly LabEntry[] }) {
  const [words, setWords] = useState('');
  const [level, setLevel] = useState('');
  const [memory, setMemory] = useState<Readonly<Record<string, LabMemory>>>({});
  useEffect(() => setMemory(readLabMemory()), []);
  const found = labs.filter((lab) => matches(lab, words.trim(), level));
  return (
    <>
      <search className="mb-6 flex flex-wrap gap-3">
        <input
          type="search"
          value={words}
          aria-label={text.search}
          placeholder={text.searchFor}
          onChange={(event) => setWords(event.target.value)}
          className="h-11 min-w-0 max-w-md flex-1 rounded-md border border-edge bg-surface px-3"
        />
        <select
          value={level}
          aria-label={text.levels}
          onChange={(event) => setLevel(event.target.value)}
          className="h-11 rounded-md border border-edge bg-surface px-3"
        >
          <option value="">{text.anyLevel}</option>
          {Object.entries(text.level).map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </search>
      <p role="status" className="sr-only">
        {words === '' && level === '' ? '' : `${found.length}`}
      </p>
      {found.length === 0 ? (
        <p>{labs.length === 0 ? text.none : text.noneFound(words)}</p>
      ) : (
        <ul className="border-line border-b">
          {found.map((lab) => (
            <LabRow key={lab.id} lab={lab} memory={memory[lab.id]} />
          ))}
        </ul>
      )}
    </>
  );
}

/** The library's images: what to type, what each is, its tags and its size. */
'use client';

import type { LibraryImage } from '@drydock/protocol';
import { useEffect, useState } from 'react';
import { strings } from '../../strings.ts';
import { formatBytes } from '../../workbench/base/format.ts';
import { fetchLibrary, findImages, mainTag, pullName } from '../../workbench/base/image-library.ts';
import { CopyText } from '../ui/copy-button.tsx';
import { Field } from '../ui/field.tsx';

const text = strings.library;

type State = LibraryImage[] | 'loading' | 'failed';

function useLibrary(): State {
  const [state, setState] = useState<State>('loading');
  useEffect(() => {
    const abort = new AbortController();
    fetchLibrary(abort.signal).then(setState, () => abort.signal.aborted || setState('failed'));
    return () => abort.abort();
  }, []);
  return state;
}

function ImageRow({ image }: { image: LibraryImage }) {
  const command = `docker pull ${pullName(image.repository, mainTag(image.tags))}`;
  return (
    <li className="grid gap-x-8 gap-y-1 border-line border-t py-4 sm:grid-cols-[minmax(0,17rem)_1fr_auto]">
      <CopyText
        text={command}
        label={text.copy(command)}
        className="self-start justify-self-start pt-0.5 text-left font-mono text-sm"
      />
      <div className="min-w-0">
        <p className="text-ink-2">{image.description}</p>
        <p className="mt-1 break-words font-mono text-[12.5px] text-ink-3">
          <span className="font-sans">{text.otherTags}</span> {image.tags.join(' ')}
        </p>
      </div>
      <span className="whitespace-nowrap text-ink-3 text-sm sm:text-right">{formatBytes(image.sizeBytes)}</span>
    </li>
  );
}

export function ImageList() {
  const library = useLibrary();
  const [search, setSearch] = useState('');
  if (library === 'loading') return <p role="status">{text.loading}</p>;
  if (library === 'failed') return <p role="alert">{text.failed}</p>;
  if (library.length === 0) return <p>{text.empty}</p>;
  const found = findImages(library, search);
  return (
    <>
      <div className="mb-6 max-w-[22rem]">
        <Field label={text.search} type="search" value={search} onChange={(event) => setSearch(event.target.value)} />
      </div>
      <p role="status" className={found.length > 0 ? 'sr-only' : 'mb-6'}>
        {found.length === 0 ? text.notFound(search) : ''}
      </p>
      <ul className="border-line border-b">
        {found.map((image) => (
          <ImageRow key={image.repository} image={image} />
        ))}
      </ul>
    </>
  );
}

/** Loads the frame's code, which only a browser can run, behind a quiet placeholder. */
'use client';

import dynamic from 'next/dynamic';
import { embed as text } from '../../strings/embed.ts';
import { EmbedCard } from './embed-card.tsx';

const EmbedRoot = dynamic(() => import('./embed-root.tsx').then(({ EmbedRoot: root }) => root), {
  ssr: false,
  loading: () => <EmbedCard role="status" isBusy title={text.listening} />,
});

export function EmbedLoader() {
  return <EmbedRoot />;
}

/** The frame that a component stands in. */
'use client';

import { createContext, type ReactNode, use } from 'react';
import type { Embed } from '../../workbench/embed/embed.ts';

const EmbedContext = createContext<Embed | null>(null);

export function EmbedProvider({ embed, children }: { embed: Embed; children: ReactNode }) {
  return <EmbedContext value={embed}>{children}</EmbedContext>;
}

export function useEmbed(): Embed {
  const embed = use(EmbedContext);
  if (embed === null) throw new Error('useEmbed needs an EmbedProvider');
  return embed;
}

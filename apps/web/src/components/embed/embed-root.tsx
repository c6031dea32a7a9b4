/** Owns a frame's runtime, and chooses between the work and what is said instead of it. */
'use client';

import { useEffect, useState } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { formatDuration } from '../../workbench/base/format.ts';
import { readEmbedWish } from '../../workbench/embed/address.ts';
import { createEmbed, type Embed, type EmbedStage } from '../../workbench/embed/embed.ts';
import { useValue, WorkbenchProvider } from '../../workbench/use-workbench.tsx';
import { EmbedFrame } from '../frames/embed-frame.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import { EmbedCard } from './embed-card.tsx';
import { EmbedProvider } from './embed-context.tsx';

const text = strings.embed;

function Waiting({ embed, stage }: { embed: Embed; stage: Extract<EmbedStage, { kind: 'waiting' }> }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const { place, estimateMs, retryAt } = stage;
  const said = [
    place === null ? stage.message : text.waiting.place(place),
    ...(estimateMs === null ? [] : [text.waiting.estimate(formatDuration(estimateMs))]),
  ];
  return (
    <EmbedCard role="status" title={text.waiting.title} text={said.join(' ')}>
      <p aria-hidden="true" className="basis-full text-[13px] text-ink-3">
        {text.waiting.retry(formatDuration(retryAt - now))}
      </p>
      <Button onClick={embed.stopWaiting}>{text.waiting.stop}</Button>
    </EmbedCard>
  );
}

function Stage({ embed }: { embed: Embed }) {
  const stage = useValue(embed.stage);
  const { host } = window.location;
  switch (stage.kind) {
    case 'listening':
      return <EmbedCard role="status" isBusy title={text.listening} />;
    case 'alone':
      return (
        <EmbedCard title={text.alone.title} text={text.alone.text}>
          <ButtonLink kind="primary" href={`${basePath}/`}>
            {text.alone.home}
          </ButtonLink>
        </EmbedCard>
      );
    case 'sandboxed':
      return (
        <EmbedCard title={text.sandboxed.title} text={text.sandboxed.text}>
          <ButtonLink kind="primary" href={`${basePath}/`} target="_blank" rel="noopener">
            {text.sandboxed.open}
          </ButtonLink>
        </EmbedCard>
      );
    case 'idle':
      return (
        <EmbedCard
          title={embed.wish.lab === null ? text.idle.title(embed.wish.nodes) : text.idle.lab}
          text={text.idle.text(host)}
        >
          <Button kind="primary" onClick={embed.start}>
            {text.idle.start}
          </Button>
        </EmbedCard>
      );
    case 'starting':
      return <EmbedCard role="status" isBusy title={text.starting} text={text.startingText} />;
    case 'waiting':
      return <Waiting embed={embed} stage={stage} />;
    case 'working':
      return (
        <WorkbenchProvider workbench={stage.workbench}>
          <EmbedFrame />
        </WorkbenchProvider>
      );
    case 'ended':
      return (
        <EmbedCard role="status" title={strings.ended[stage.reason].title} text={stage.text ?? text.ended.text}>
          <Button kind="primary" onClick={embed.start}>
            {text.ended.again}
          </Button>
        </EmbedCard>
      );
    case 'refused':
      return (
        <EmbedCard role="alert" title={text.refused.title} text={stage.message}>
          <Button onClick={embed.start}>{text.refused.again}</Button>
        </EmbedCard>
      );
  }
}

export function EmbedRoot() {
  const [embed, setEmbed] = useState<Embed | null>(null);
  useEffect(() => {
    const { search, hash } = window.location;
    const created = createEmbed({ wish: readEmbedWish(search), nonce: hash.slice(1), window });
    setEmbed(created);
    return () => created.dispose();
  }, []);
  if (embed === null) return <EmbedCard role="status" isBusy title={text.listening} />;
  return (
    <EmbedProvider embed={embed}>
      <Stage embed={embed} />
    </EmbedProvider>
  );
}

/** The stories: each a part of the page in one of its states, by a name that is its address and its picture's. */
'use client';

import type { SessionSnapshot } from '@drydock/protocol';
import { type ReactNode, useState } from 'react';
import PageError from '../app/error.tsx';
import NotFound from '../app/not-found.tsx';
import { EmbedProvider } from '../components/embed/embed-context.tsx';
import { EmbedFrame } from '../components/frames/embed-frame.tsx';
import { WorkbenchFrame } from '../components/frames/workbench-frame.tsx';
import { NodeCard } from '../components/nodes/node-card.tsx';
import { PortBar } from '../components/ports/port-bar.tsx';
import { ConnectionBanner } from '../components/session/connection-banner.tsx';
import { Ended } from '../components/session/ended.tsx';
import { Opening } from '../components/session/opening.tsx';
import { FollowingBanner } from '../components/session/people.tsx';
import { CapacityLine } from '../components/start/capacity-line.tsx';
import { StackNotice } from '../components/start/stack-notice.tsx';
import { StartNotice } from '../components/start/start-notice.tsx';
import { TemplateNotice } from '../components/start/template-notice.tsx';
import { BroadcastBanner } from '../components/terminal/broadcast-banner.tsx';
import { Toasts } from '../components/ui/toasts.tsx';
import { Dialogs } from '../components/workspace/dialogs.tsx';
import type { Dialog } from '../workbench/base/dialogs.ts';
import { readEmbedWish } from '../workbench/embed/address.ts';
import { createEmbed } from '../workbench/embed/embed.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { DIALOG_STORIES } from './dialog-stories.ts';
import { STORY_NODES, STORY_NOW, STORY_PORTS, STORY_SWARM, storyNode, storySnapshot } from './fixtures.ts';
import { StoryWorkbench } from './story-workbench.tsx';

type Heard = Partial<SessionSnapshot>;

const inWorkbench = (children: ReactNode, heard: Heard = {}, then?: (workbench: Workbench) => void) => (
  <StoryWorkbench heard={heard} {...(then === undefined ? {} : { then })}>
    {children}
  </StoryWorkbench>
);

/** A part alone, as wide as where it stands on the page. */
const narrow = (children: ReactNode) => <main className="max-w-[288px] px-2">{children}</main>;
const wide = (children: ReactNode) => <main className="flex max-w-2xl flex-col gap-4 p-4">{children}</main>;

const withNodes = (nodes: readonly ReturnType<typeof storyNode>[]): Heard => ({
  session: { ...storySnapshot().session, nodes: [...nodes] },
});
const inPanel = (kind: 'swarm' | 'timeline', heard: Heard) =>
  inWorkbench(<WorkbenchFrame />, heard, ({ workspace, preferences }) => {
    preferences.update({ sidebar: true, files: false });
    // The tiles are drawn first.
    setTimeout(() => workspace.show({ id: kind, title: kind, data: { kind } }), 200);
  });

const dialogs = Object.fromEntries(
  Object.values(DIALOG_STORIES).map((dialog: Dialog) => [
    `dialog-${dialog.kind}`,
    () => inWorkbench(<Dialogs />, { ports: { mgr1: [...STORY_PORTS] } }, (workbench) => workbench.dialog.set(dialog)),
  ]),
);

const usage = storyNode('x', 1).usage;
const CARDS = [
  ...STORY_NODES,
  storyNode('starting', 4, { dockerReady: false, createdAt: STORY_NOW - 1000, usage: null }),
  storyNode('creating', 5, { state: 'creating', dockerReady: false, usage: null }),
  storyNode('down', 6, { dockerReady: false, createdAt: STORY_NOW - 3_600_000 }),
  storyNode('lost', 7, { state: 'lost', dockerReady: false, usage: null }),
  storyNode('away', 8, { reachable: false }),
  storyNode('a-node-with-a-long-name', 9, { usage: usage && { ...usage, diskBytes: 10_000_000_000, oomKills: 2 } }),
];

/** By name; each draws itself into a whole page. */
function FrameOnAPage() {
  const [embed] = useState(() => createEmbed({ wish: readEmbedWish('?nodes=2'), nonce: '', window }));
  return (
    <EmbedProvider embed={embed}>
      <EmbedFrame />
    </EmbedProvider>
  );
}

export const STORIES: Readonly<Record<string, () => ReactNode>> = {
  ...dialogs,
  'frame-workbench': () => inWorkbench(<WorkbenchFrame />, { ports: { mgr1: [...STORY_PORTS] } }),
  'frame-embed': () => inWorkbench(<FrameOnAPage />),
  'empty-session': () => inWorkbench(<WorkbenchFrame />, withNodes([])),
  'empty-viewer': () => inWorkbench(<WorkbenchFrame />, { ...withNodes([]), right: 'viewer' }),
  'panel-swarm-empty': () => inPanel('swarm', {}),
  'panel-swarm': () => inPanel('swarm', { swarm: { view: STORY_SWARM, problem: null } }),
  'panel-swarm-leaderless': () =>
    inPanel('swarm', { swarm: { view: STORY_SWARM, problem: 'The swarm has no leader: rpc error' } }),
  'panel-timeline': () => inPanel('timeline', {}),
  'cards-nodes': () =>
    inWorkbench(
      narrow(
        <ul>
          {CARDS.map((node) => (
            <NodeCard key={node.name} node={node} />
          ))}
        </ul>,
      ),
    ),
  'bar-ports': () => inWorkbench(wide(<PortBar />), { ports: { mgr1: [...STORY_PORTS] } }),
  'banner-offline': () =>
    inWorkbench(wide(<ConnectionBanner />), {}, ({ store }) =>
      store.connection({ kind: 'offline', since: STORY_NOW, retryAt: STORY_NOW + 4000 }),
    ),
  'banner-frozen': () =>
    inWorkbench(wide(<ConnectionBanner />), {
      session: { ...storySnapshot().session, frozen: { reason: 'We look into unusual traffic.' } },
    }),
  'banner-following': () => inWorkbench(wide(<FollowingBanner />), {}, ({ people }) => people.follow('bb02')),
  'banner-broadcast': () => inWorkbench(wide(<BroadcastBanner />), {}, ({ views }) => views.setBroadcasting(true)),
  'toast-all': () =>
    inWorkbench(wide(<Toasts />), {}, ({ notices }) => {
      notices.show({ kind: 'info', title: 'Terminal mgr1 closed', action: { label: 'Undo', run: () => undefined } });
      notices.show({ kind: 'success', title: 'Extended. 5 h left now.' });
      notices.show({ kind: 'warning', title: '10 minutes left. Extend the session or save what you want to keep.' });
      notices.show({ kind: 'error', title: 'The node was not added.', text: 'All hosts are full at the moment.' });
    }),
  'ended-expired': () => inWorkbench(<Ended reason="expired" />),
  'ended-idle': () => inWorkbench(<Ended reason="idle" />),
  'ended-closed': () => inWorkbench(<Ended reason="closed" />),
  'ended-operator': () => inWorkbench(<Ended reason="operator" message="This host is taken down tonight." />),
  'ended-revoked': () => inWorkbench(<Ended reason="revoked" />),
  'ended-refused': () => inWorkbench(<Ended reason="refused" message="There is no such session." />),
  'ended-retained': () =>
    inWorkbench(
      <Ended
        reason="expired"
        retention={{ state: 'retained', retainedUntil: STORY_NOW + 900_000, now: STORY_NOW, nodes: ['mgr1', 'wrk1'] }}
      />,
    ),
  'page-opening': () => <Opening />,
  'page-not-found': () => <NotFound />,
  'page-broken': () => <PageError />,
  'start-notices': () =>
    wide(
      <>
        <StartNotice
          state={{
            kind: 'full',
            template: null,
            name: null,
            place: 3,
            estimateMs: 240_000,
            retryAt: Date.now() + 15_000,
          }}
          onStop={() => undefined}
        />
        <StartNotice state={{ kind: 'failed', message: 'Too many requests.' }} onStop={() => undefined} />
        <StackNotice wanted={{ kind: 'stack', stack: { url: 'https://example.org/compose.yaml', name: 'shop' } }} />
        <StackNotice wanted={{ kind: 'unusable', given: 'ftp://example.org/compose.yaml' }} />
        <TemplateNotice
          wanted={{
            kind: 'template',
            template: {
              id: 'swarm',
              title: 'A swarm',
              description: 'Ready.',
              nodes: ['mgr1', 'wrk1'],
              readySeconds: 3,
            },
          }}
        />
        <TemplateNotice wanted={{ kind: 'unknown', given: 'no-such-template' }} />
        <CapacityLine capacity={{ kind: 'loading' }} />
        <CapacityLine capacity={{ kind: 'failed' }} />
        <CapacityLine
          capacity={{
            kind: 'ready',
            value: { ready: true, capacity: { nodes: 20, free: 12 }, pool: 6, sessionHours: 4 },
          }}
        />
        <CapacityLine
          capacity={{
            kind: 'ready',
            value: { ready: true, capacity: { nodes: 20, free: 0 }, pool: 0, sessionHours: 4 },
          }}
        />
      </>,
    ),
};

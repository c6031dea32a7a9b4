/** The work itself, the same in every frame: the ports, the tiles with terminals and panels, the dialogs and the messages. */
'use client';

import { useEffect, useRef } from 'react';
import { watchSwipes } from '../../workbench/base/swipe.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { PortBar } from '../ports/port-bar.tsx';
import { BroadcastBanner } from '../terminal/broadcast-banner.tsx';
import { KeyBar } from '../terminal/key-bar.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { Dialogs } from './dialogs.tsx';
import { useFirstTerminal } from './use-first-terminal.ts';
import { useKnownByName } from './use-known-by-name.ts';
import { usePageKeys } from './use-page-keys.ts';
import { WorkspaceTiles } from './workspace-tiles.tsx';

/** Editors and lists scroll to the side; terminals do not, so there a swipe is free to mean the next one. */
const inTerminal = (target: Element) => target.closest('.xterm') !== null;

export function WorkArea() {
  const { workspace } = useWorkbench();
  const place = useRef<HTMLElement>(null);
  usePageKeys();
  useFirstTerminal();
  useKnownByName();
  useEffect(
    () =>
      place.current === null ? undefined : watchSwipes(place.current, inTerminal, (by) => workspace.step('tabs', by)),
    [workspace],
  );
  return (
    <>
      <main id="terminal" ref={place} tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
        <BroadcastBanner />
        <PortBar />
        <WorkspaceTiles workspace={workspace} />
        <KeyBar />
      </main>
      <Dialogs />
      <Toasts />
    </>
  );
}

/** The three links, in plain words. */
'use client';

import type { Right } from '@drydock/protocol';
import { useState, useSyncExternalStore } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { recentSession, subscribeRecent } from '../../workbench/session/recent-sessions.ts';
import { useIsOwner, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Modal } from '../ui/dialog.tsx';

const text = strings.share;
const RIGHTS: readonly Right[] = ['viewer', 'collaborator', 'owner'];

function LinkRow({ right, url }: { right: Right; url: string | undefined }) {
  const { actions, notices } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    try {
      await actions.createLink(right);
    } catch (error) {
      notices.fail(strings.errors.link, error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="border-line border-t py-3.5">
      <div className="flex items-start justify-between gap-4">
        <div>
          <h3 className="font-[640] text-[15px]">{text[right].title}</h3>
          <p className="text-ink-2 text-sm">{text[right].text}</p>
        </div>
        {url === undefined ? (
          <Button size="sm" disabled={busy} onClick={() => void make()}>
            {busy ? text.making : text.make}
          </Button>
        ) : (
          <CopyButton text={url} label={text.copyLink(text[right].title)}>
            {strings.ports.copyLink}
          </CopyButton>
        )}
      </div>
      {url !== undefined && (
        <input
          readOnly
          aria-label={text.copyLink(text[right].title)}
          value={url}
          onFocus={(event) => event.target.select()}
          className="mt-2 w-full rounded-md border border-line bg-sunken px-2.5 py-1.5 font-mono text-[12px] text-ink-2"
        />
      )}
    </li>
  );
}

/** The link this browser came by, as something to pass on. */
function ownLink(sessionId: string): string | undefined {
  const known = recentSession(sessionId);
  return known && `${window.location.origin}${basePath}/s/${sessionId}#${known.token}`;
}

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { sessionId, store } = useWorkbench();
  const isOwner = useIsOwner();
  const links = useSyncExternalStore(subscribeRecent, () => recentSession(sessionId)?.links);
  const right = store.getState().data?.right ?? 'viewer';
  const shown = isOwner ? RIGHTS : [right];
  return (
    <Modal title={text.title} text={isOwner ? text.text : text.notOwner} onClose={onClose}>
      <ul>
        {shown.map((each) => (
          <LinkRow key={each} right={each} url={links?.[each] ?? (each === right ? ownLink(sessionId) : undefined)} />
        ))}
      </ul>
      {isOwner && <p className="border-line border-t pt-3.5 text-[13px] text-ink-3">{text.stored}</p>}
    </Modal>
  );
}

/** The three links, in plain words; those of others can be withdrawn, or replaced by new ones. */
'use client';

import type { LinkView, Right, SessionId } from '@drydock/protocol';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { basePath } from '../../env.ts';
import { strings } from '../../strings.ts';
import { recentSession, subscribeRecent } from '../../workbench/session/recent-sessions.ts';
import { useIsOwner, useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Modal } from '../ui/dialog.tsx';

const text = strings.share;
const RIGHTS: readonly Right[] = ['viewer', 'collaborator', 'owner'];

interface LinkRowProps {
  right: Right;
  /** Its address, where this browser has it. */
  url: string | undefined;
  /** How many links of this right open the session; null while that is not known. */
  count: number | null;
  /** Asks again which links there are. */
  onChanged: () => void;
}

/** Withdrawing and renewing put people out, so each asks once more. */
function OtherActions({ right, onChanged }: { right: 'viewer' | 'collaborator'; onChanged: () => void }) {
  const { actions, notices } = useWorkbench();
  const [asked, setAsked] = useState<'renew' | 'withdraw' | null>(null);
  const [busy, setBusy] = useState(false);
  const go = async (what: 'renew' | 'withdraw') => {
    setBusy(true);
    try {
      await actions.withdrawLinks(right);
      if (what === 'renew') await actions.createLink(right);
    } catch (error) {
      notices.fail(strings.errors.withdraw, error);
    }
    setBusy(false);
    setAsked(null);
    onChanged();
  };
  if (asked === null) {
    return (
      <div className="mt-1.5 flex gap-1">
        <Button size="sm" kind="quiet" aria-label={text.renewOf(text[right].title)} onClick={() => setAsked('renew')}>
          {text.renew}
        </Button>
        <Button
          size="sm"
          kind="quiet"
          aria-label={text.withdrawOf(text[right].title)}
          onClick={() => setAsked('withdraw')}
        >
          {text.withdraw}
        </Button>
      </div>
    );
  }
  return (
    <div role="alert" className="mt-1.5 flex flex-wrap items-center gap-2 rounded-md bg-warn-soft px-3 py-2 text-sm">
      <span className="min-w-48 flex-1">{asked === 'renew' ? text.renewAsk : text.withdrawAsk}</span>
      <Button size="sm" kind="caution" disabled={busy} onClick={() => void go(asked)}>
        {asked === 'renew' ? text.renewDo : text.withdrawDo}
      </Button>
      <Button size="sm" disabled={busy} onClick={() => setAsked(null)}>
        {strings.workbench.cancel}
      </Button>
    </div>
  );
}

function LinkRow({ right, url, count, onChanged }: LinkRowProps) {
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
      onChanged();
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
      {/* One's own link is an owner's: withdrawing it would lock its owner out. */}
      {right !== 'owner' && count !== null && count > 0 && <OtherActions right={right} onChanged={onChanged} />}
    </li>
  );
}

/** The link this browser came by, as something to pass on. */
function ownLink(sessionId: SessionId): string | undefined {
  const known = recentSession(sessionId);
  return known && `${window.location.origin}${basePath}/s/${sessionId}#${known.token}`;
}

/** The session's links, for its owner; null until they are known. */
function useLinks(isOwner: boolean): { links: readonly LinkView[] | null; refresh: () => void } {
  const { actions } = useWorkbench();
  const [links, setLinks] = useState<readonly LinkView[] | null>(null);
  const refresh = useCallback(() => {
    // Without the list the links can still be copied and made.
    if (isOwner) actions.links().then(setLinks, () => setLinks(null));
  }, [actions, isOwner]);
  useEffect(refresh, [refresh]);
  return { links, refresh };
}

export function ShareDialog({ onClose }: { onClose: () => void }) {
  const { sessionId, store } = useWorkbench();
  const isOwner = useIsOwner();
  const { links: all, refresh } = useLinks(isOwner);
  const links = useSyncExternalStore(subscribeRecent, () => recentSession(sessionId)?.links);
  const right = store.getState().data?.right ?? 'viewer';
  const shown = isOwner ? RIGHTS : [right];
  return (
    <Modal title={text.title} text={isOwner ? text.text : text.notOwner} onClose={onClose}>
      <ul>
        {shown.map((each) => (
          <LinkRow
            key={each}
            right={each}
            url={links?.[each] ?? (each === right ? ownLink(sessionId) : undefined)}
            count={all === null ? null : all.filter((link) => link.right === each).length}
            onChanged={refresh}
          />
        ))}
      </ul>
      {isOwner && <p className="border-line border-t pt-3.5 text-[13px] text-ink-3">{text.stored}</p>}
    </Modal>
  );
}

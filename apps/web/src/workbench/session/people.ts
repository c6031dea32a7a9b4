/** Who is here: tells others what this page shows, lists them by browser, and follows one of them. */
import type { SessionConnection } from '@drydock/client';
import type { Person } from '@drydock/protocol';
import { createValue, type Observable } from '../base/store.ts';
import type { WorkspaceController } from '../workspace/workspace.ts';
import type { WorkbenchStore } from './workbench-store.ts';

/** Quick steps through tabs are told as one (ms). */
const TELL_AFTER_MS = 250;

const KEY = 'drydock.browser';

/** A person as shown: all pages of one browser, and the terminal they look at now. */
export interface PersonHere {
  browser: string;
  name: string | null;
  right: Person['right'];
  terminalId: string | null;
  isMe: boolean;
}

export type PeoplePart = ReturnType<typeof createPeoplePart>;

/** This browser's own id among the people; new where storage is refused. */
function browserId(storage: Storage | null): string {
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  try {
    const known = storage?.getItem(KEY);
    if (known) return known;
    storage?.setItem(KEY, fresh);
  } catch {
    // The id then holds for this page alone.
  }
  return fresh;
}

/** People by browser, oneself first, then as they came. A browser's newest page speaks for it, the one with a terminal before others. */
export function groupPeople(people: readonly Person[], me: string): PersonHere[] {
  const byBrowser = new Map<string, PersonHere>();
  for (const { browser, name, right, terminalId } of people) {
    const known = byBrowser.get(browser);
    byBrowser.set(browser, {
      browser,
      right,
      name: name ?? known?.name ?? null,
      terminalId: terminalId ?? known?.terminalId ?? null,
      isMe: browser === me,
    });
  }
  return [...byBrowser.values()].sort((a, b) => Number(b.isMe) - Number(a.isMe));
}

export interface PeoplePartDeps {
  store: WorkbenchStore;
  client: Pick<SessionConnection, 'call'>;
  workspace: Pick<WorkspaceController, 'getState' | 'subscribe' | 'activate' | 'has'>;
  /** The name this browser's user chose; empty for none. */
  name: Observable<string>;
  storage: Storage | null;
}

export function createPeoplePart({ store, client, workspace, name, storage }: PeoplePartDeps) {
  const me = browserId(storage);
  const following = createValue<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = '';

  function tell(): void {
    timer = undefined;
    const { connection, data } = store.getState();
    if (connection.kind !== 'online' || data === null) return;
    const { activeId } = workspace.getState();
    const terminalId = data.terminals.some((terminal) => terminal.terminalId === activeId) ? activeId : null;
    const here = { browser: me, name: name.getState().trim() || null, terminalId };
    // A new connection is a new entry, so it says all of it again.
    const now = JSON.stringify([connection.since, here]);
    if (now === told) return;
    told = now;
    client.call('session:here', here).catch(() => {
      told = '';
    });
  }
  const soon = () => {
    timer ??= setTimeout(tell, TELL_AFTER_MS);
  };

  function show(terminalId: string | null): void {
    if (terminalId !== null && workspace.has(terminalId)) workspace.activate(terminalId);
  }

  const stops = [
    store.subscribe(soon),
    workspace.subscribe(soon),
    name.subscribe(soon),
    store.onChange((change, _before, { people }) => {
      const followed = following.getState();
      if (followed === null) return;
      if (change.kind === 'person' && change.person.browser === followed) show(change.person.terminalId);
      if (change.kind === 'person-gone' && !people.some(({ browser }) => browser === followed)) following.set(null);
    }),
  ];

  return {
    me,
    following: following as Observable<string | null>,
    /** Shows what `browser` shows from now on, until it leaves or `null` ends it. */
    follow(browser: string | null): void {
      following.set(browser);
      const { data } = store.getState();
      if (browser !== null && data)
        show(groupPeople(data.people, me).find((each) => each.browser === browser)?.terminalId ?? null);
    },
    dispose(): void {
      clearTimeout(timer);
      for (const stop of stops) stop();
    },
  };
}

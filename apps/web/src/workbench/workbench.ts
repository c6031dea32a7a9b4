/** The runtime of one workbench, wired: connection, state, terminals, layout, actions and messages; free of React. */
import { createSessionConnection, createTerminalLink, type PlainSocket } from '@drydock/client';
import { openSessionResponseSchema, type SessionId, timelineResponseSchema } from '@drydock/protocol';
import { io } from 'socket.io-client';
import { basePath } from '../env.ts';
import { strings } from '../strings.ts';
import { callApi, http } from './base/api.ts';
import type { Dialog } from './base/dialogs.ts';
import { createNotices } from './base/notices.ts';
import { createPreferences } from './base/preferences.ts';
import { createValue } from './base/store.ts';
import { titleOfTerminal } from './base/titles.ts';
import { createFiles } from './files/files.ts';
import { createSessionLab } from './lab/session-lab.ts';
import { accessOfTab } from './session/access.ts';
import { createPeoplePart } from './session/people.ts';
import { rememberSession } from './session/recent-sessions.ts';
import { watchSession } from './session/session-watch.ts';
import { createTimeline } from './session/timeline.ts';
import { createWorkbenchActions } from './session/workbench-actions.ts';
import { createWorkbenchStore } from './session/workbench-store.ts';
import { FIRST_LOOK, type SwarmLook } from './swarm/look.ts';
import { createTerminalClosing } from './terminal/closing.ts';
import { createCtrlV } from './terminal/ctrl-v.ts';
import { createLinkResolver } from './terminal/node-address.ts';
import { createTerminalViews } from './terminal/views.ts';
import type { CommandContext } from './workspace/command-context.ts';
import type { PageKeys } from './workspace/page-keys.ts';
import { createPagePlace } from './workspace/page-place.ts';
import type { PanelButton } from './workspace/panels.ts';
import { createWorkspace, tabsOf, visibleTabsOf } from './workspace/workspace.ts';

/** Of what a program copied so much is shown (characters): enough to see that it is not what was wanted. */
const COPIED_PREVIEW = 200;

export type Workbench = ReturnType<typeof createWorkbench>;

/** What a page has around the work. */
export interface PageParts {
  panels: readonly PanelButton[];
  /** Its keys (workspace/page-keys.ts); in a frame they are the page's around it. */
  keys(context: CommandContext): PageKeys;
}

/** Builds the runtime of a session on a page with these parts; `start` connects it, `dispose` leaves the session without ending it. */
export function createWorkbench(sessionId: SessionId, page: PageParts, access = accessOfTab(sessionId)) {
  const { panels } = page;
  const { token, isFresh, wantedNode, storage, isEmbedded } = access;
  const store = createWorkbenchStore();
  const notices = createNotices();
  const preferences = createPreferences(storage);
  const dialog = createValue<Dialog | null>(null);
  const swarmLook = createValue<SwarmLook>(FIRST_LOOK);
  const workspace = createWorkspace(sessionId, storage);
  const session = { server: window.location.origin + basePath, sessionId, token, texts: http.texts };
  const client = createSessionConnection({ ...session, sink: store, connect: io });
  const openSocket = (url: string) => new WebSocket(url) as unknown as PlainSocket;
  const link = createTerminalLink({ ...session, connection: client, openSocket });
  let leaving = false;
  const actions = createWorkbenchActions({
    sessionId,
    token,
    store,
    link,
    workspace,
    notices,
    syncWorkspace,
    onLeave: () => {
      leaving = true;
    },
  });
  const closing = createTerminalClosing({ workspace, store, actions, notices, dialog, views: () => views });
  const timeline = createTimeline(store, () => actions.call('GET', '/timeline', { read: timelineResponseSchema }));
  const place = createPagePlace({ store, dialog, workspace, actions, views: () => views });
  const tools = { views: () => views, files: () => files, closing, notices, panels };
  const commandContext: CommandContext = { store, dialog, workspace, actions, preferences, place, tools };
  const keys = page.keys(commandContext);
  const resolveLink = createLinkResolver(store, workspace.nodeOf, new URL(window.location.href));
  const ctrlV = createCtrlV(preferences, notices);
  const views = createTerminalViews(
    () => ({
      link,
      preferences,
      canType: store.getState().data?.right !== 'viewer',
      pageKey: keys.handle,
      askPaste: (question) => dialog.set({ kind: 'paste', question }),
      resolveLink,
      onTypedInVain() {
        const title = strings.terminals.watching;
        if (!notices.getState().some((notice) => notice.title === title)) notices.show({ kind: 'info', title });
      },
      askLink: (question) => dialog.set({ kind: 'link', question }),
      onProgramCopied: (text) =>
        notices.show({ kind: 'info', title: strings.terminals.programCopied, text: text.slice(0, COPIED_PREVIEW) }),
      ...ctrlV,
      onPasteRefused: () => notices.show({ kind: 'info', title: strings.terminals.pasteRefused }),
      onEnterAfterEnd: place.replaceEnded,
    }),
    () => new Set(visibleTabsOf(workspace.getState().model).map(({ id }) => id)),
  );

  const people = createPeoplePart({
    store,
    client,
    workspace,
    name: { getState: () => preferences.getState().name, subscribe: preferences.subscribe },
    storage,
  });
  const files = createFiles({ sessionId, token, store, workspace, notices, dialog, preferences, views: () => views });

  const labs = createSessionLab({
    runner: { store, workspace, actions, views: () => views, activeNode: place.activeNode },
    call: actions.call,
    connection: client,
    notices,
    files: () => files,
    sessionId,
  });

  function syncWorkspace(): void {
    const { data } = store.getState();
    if (!data) return;
    const { terminals, terminalsPending } = data;
    workspace.sync(terminals, {
      isComplete: !terminalsPending,
      titleOf: (terminal) => titleOfTerminal(terminal, terminals),
    });
  }

  const stops = [
    watchSession({ store, notices, extend: () => void actions.extend(1) }),
    store.onChange((change) => {
      if (change.kind === 'terminal-gone' && workspace.has(change.terminalId)) workspace.keepEnded(change.terminalId);
      if (change.kind === 'node-gone') {
        workspace.removeNode(change.name);
        files.tree.forget(change.name);
      }
      if (change.kind === 'terminal' || change.kind === 'terminal-gone') syncWorkspace();
    }),
  ];
  stops.push(workspace.subscribe(() => views.prune(workspace.kept())));
  stops.push(
    workspace.subscribe(() => files.documents.prune(new Set(tabsOf(workspace.getState().model).map(({ id }) => id)))),
  );
  const holdBack = (event: BeforeUnloadEvent) => {
    if (!leaving && files.wouldLose()) event.preventDefault();
  };
  window.addEventListener('beforeunload', holdBack);
  const wake = () => {
    if (document.visibilityState === 'visible') client.wake();
  };
  // A link pasted over this page's own address changes nothing but the fragment: it must open all the same.
  const reopen = () => !isEmbedded && window.location.hash.length > 1 && window.location.reload();
  window.addEventListener('hashchange', reopen);
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', wake);

  function rememberLink(): void {
    if (!isFresh || token === null) return;
    // The cookie lets links to private ports open; the socket speaks with the token and need not wait for it.
    callApi('POST', `/sessions/${sessionId}/open`, { body: { token }, read: openSessionResponseSchema }).then(
      ({ right, session: { id, name, expiresAt } }) => rememberSession({ id, name, right, expiresAt, token }),
      () => undefined,
    );
  }

  return {
    sessionId,
    wantedNode,
    store,
    client,
    actions,
    closing,
    workspace,
    swarmLook,
    views,
    files,
    labs,
    notices,
    dialog,
    preferences,
    keys,
    place,
    commandContext,
    timeline,
    people,
    syncWorkspace,
    isLeaving: () => leaving,
    /** Connects, and goes on connecting until `dispose`. */
    start(): void {
      rememberLink();
      client.start();
      views.preload();
    },
    dispose(): void {
      window.removeEventListener('hashchange', reopen);
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('beforeunload', holdBack);
      for (const stop of stops) stop();
      closing.dispose();
      people.dispose();
      labs.dispose();
      files.dispose();
      views.dispose();
      timeline.dispose();
      client.dispose();
    },
  };
}

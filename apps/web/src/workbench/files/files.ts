/** Files of the session's nodes, as one page uses them: the tree, open documents, uploads, and what a person does with them. */
import { createFilesApi } from '@drydock/client';
import { openSessionResponseSchema, type SessionId } from '@drydock/protocol';
import { strings } from '../../strings.ts';
import { callApi, http } from '../base/api.ts';
import type { Dialog } from '../base/dialogs.ts';
import { downloadAddress } from '../base/download.ts';
import type { Notices } from '../base/notices.ts';
import type { PreferenceStore } from '../base/preferences.ts';
import { createValue, type Value } from '../base/store.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';
import type { TerminalViews } from '../terminal/views.ts';
import { tabsOf, type WorkspaceController } from '../workspace/workspace.ts';
import { createDocuments } from './documents.ts';
import { itemsOfDrop, itemsOfFiles, MAX_DROPPED_FILES, TooManyFilesError } from './dropped.ts';
import { joinPath, nameOf, parentOf, shownName } from './path.ts';
import { putBody } from './put-body.ts';
import { downloadText, historyOf, joinHistories } from './take-home.ts';
import { createTransfers, type UploadItem } from './transfers.ts';
import { createFilesTree, HOME } from './tree.ts';

/** Below this width the panel is a sheet over the terminals (Tailwind's md). */
const WIDE = '(min-width: 768px)';

export interface FilesDeps {
  sessionId: SessionId;
  token: string | null;
  store: WorkbenchStore;
  workspace: WorkspaceController;
  notices: Notices;
  dialog: Value<Dialog | null>;
  views(): TerminalViews;
  preferences: PreferenceStore;
}

export type Files = ReturnType<typeof createFiles>;

export function createFiles({ sessionId, token, store, workspace, notices, dialog, views, preferences }: FilesDeps) {
  const api = createFilesApi({ http, sessionId, token, putBody });
  const tree = createFilesTree(api);
  const documents = createDocuments(api, (node, path) => void tree.changed(node, parentOf(path)));
  const transfers = createTransfers({ api, onChanged: (node, folder) => void tree.changed(node, folder) });
  /** The panel as a sheet over a small window. */
  const sheet = createValue(false);

  const fileTabs = () =>
    tabsOf(workspace.getState().model).flatMap(({ id, data }) =>
      data.kind === 'file' ? [{ id, ...data, path: documents.peek(id)?.state.getState().path ?? data.path }] : [],
    );

  /** Shows a file in the editor: in the tab that it has, or in a new one in the dock. */
  function openFile(node: string, path: string): void {
    const known = fileTabs().find((tab) => tab.node === node && tab.path === path);
    if (known) workspace.activate(known.id);
    else
      workspace.show({
        id: `file-${crypto.randomUUID()}`,
        title: shownName(nameOf(path)),
        data: { kind: 'file', node, path },
      });
  }

  async function download(node: string, path: string, name: string): Promise<void> {
    try {
      // The browser downloads with the cookie alone: it has to hold this tab's right, not that of another link opened since.
      const open = { body: { token }, read: openSessionResponseSchema };
      if (token !== null) await callApi('POST', `/sessions/${sessionId}/open`, open);
      downloadAddress(api.downloadUrl(node, path), name);
    } catch (error) {
      notices.fail(strings.files.errors.download, error);
    }
  }

  function upload(node: string, folder: string, items: readonly UploadItem[]): void {
    transfers.add(node, folder, items);
  }

  function complain(error: unknown): void {
    if (error instanceof TooManyFilesError)
      notices.show({ kind: 'warning', title: strings.files.tooMany(MAX_DROPPED_FILES) });
    else notices.fail(strings.files.dropFailed, error);
  }

  return {
    api,
    tree,
    documents,
    transfers,
    sheet,
    openFile,
    download,
    /** Shows or hides the panel, in the form that fits the window. */
    togglePanel(): void {
      if (matchMedia(WIDE).matches) preferences.update({ files: !preferences.getState().files });
      else sheet.set(!sheet.getState());
    },
    /** The shell history of a node as a text file; the shells write it at every prompt. */
    async downloadHistory(node: string): Promise<void> {
      try {
        const history = await historyOf(api, node);
        if (history === null) notices.show({ kind: 'info', title: strings.files.noHistory(node) });
        else if (history === 'too-large')
          await download(node, `${HOME}/.bash_history`, strings.files.historyName(node));
        else downloadText(history, strings.files.historyName(node));
      } catch (error) {
        notices.fail(strings.files.errors.download, error);
      }
    },
    /** The shell histories of several nodes as one text file; one that is too large for a text comes as a file of its own. */
    async downloadHistories(nodes: readonly string[]): Promise<void> {
      try {
        const found = await Promise.all(nodes.map(async (node) => ({ node, history: await historyOf(api, node) })));
        for (const { node, history } of found) {
          if (history === 'too-large') await download(node, `${HOME}/.bash_history`, strings.files.historyName(node));
        }
        if (found.every(({ history }) => history === null)) {
          notices.show({ kind: 'info', title: strings.takeHome.noHistories });
          return;
        }
        const texts = found.flatMap(({ node, history }) => (history === 'too-large' ? [] : [{ node, history }]));
        downloadText(joinHistories(texts), strings.takeHome.historiesName(sessionId));
      } catch (error) {
        notices.fail(strings.files.errors.download, error);
      }
    },
    /** Makes an empty file and opens it. @throws ApiError. */
    async createFile(node: string, folder: string, name: string): Promise<void> {
      const path = joinPath(folder, name);
      await api.write(node, path, new Blob([]), { mustBeNew: true });
      if (folder !== tree.getState().root) await tree.openFolder(folder);
      else await tree.refresh();
      tree.choose(path);
      sheet.set(false);
      openFile(node, path);
    },
    /** @throws ApiError. */
    async createFolder(node: string, folder: string, name: string): Promise<void> {
      const path = joinPath(folder, name);
      await api.makeDirectory(node, path);
      if (folder !== tree.getState().root) await tree.openFolder(folder);
      else await tree.refresh();
      tree.choose(path);
    },
    /** Renames or moves; open documents and tabs follow. @throws ApiError. */
    async move(node: string, from: string, to: string): Promise<void> {
      await api.move(node, from, to);
      documents.moved(node, from, to);
      for (const { id } of fileTabs()) {
        const now = documents.peek(id)?.state.getState();
        if (now?.node === node && now.path.startsWith(to))
          workspace.change(id, shownName(nameOf(now.path)), { kind: 'file', node, path: now.path });
      }
      tree.moved(node, from, to);
      await Promise.all([tree.changed(node, parentOf(from)), tree.changed(node, parentOf(to))]);
    },
    /** @throws ApiError. */
    async remove(node: string, path: string): Promise<void> {
      await api.remove(node, path);
      await tree.changed(node, parentOf(path));
    },
    uploadFiles(node: string, folder: string, chosen: readonly File[]): void {
      try {
        upload(node, folder, itemsOfFiles(chosen));
      } catch (error) {
        complain(error);
      }
    },
    /** Takes what was dropped; called within the drop event. */
    uploadDrop(node: string, folder: string, data: DataTransfer): void {
      itemsOfDrop(data).then((items) => upload(node, folder, items), complain);
    },
    /** The place of a terminal's shell: its folder when it said one, else the node's home. */
    terminalPlace(terminalId: string, node: string): { node: string; folder: string } {
      const place = views().peek(terminalId)?.folder() ?? null;
      if (place === null) return { node, folder: HOME };
      const known = store.getState().data?.session.nodes.some(({ name }) => name === place.host);
      // After ssh to another node, the shell is there; on a machine that is none of ours, the node's home is safe.
      return known ? { node: place.host, folder: place.path } : { node, folder: HOME };
    },
    /** Closes the tab of a file; asks first when it has unsaved text. */
    closeFile(id: string): void {
      if (documents.peek(id)?.state.getState().dirty) dialog.set({ kind: 'close-file', id });
      else workspace.remove(id);
    },
    /** Closes it whatever it holds. */
    dropFile(id: string): void {
      documents.close(id);
      workspace.remove(id);
    },
    /** Whether leaving the page would lose something that a person made. */
    wouldLose: () => documents.unsaved().length > 0 || transfers.isBusy(),
    dispose(): void {
      transfers.dispose();
    },
  };
}

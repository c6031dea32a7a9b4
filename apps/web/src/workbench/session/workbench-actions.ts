/** Everything a person can do in a session, each with its own honest failure. */
import { ApiError, type CallOptions, type Method, type TerminalLink } from '@drydock/client';
import {
  createLinkResponseSchema,
  createNodeResponseSchema,
  linksResponseSchema,
  type NodeView,
  type PublishedPort,
  type Right,
  type SessionId,
  sessionViewSchema,
  sharePortResponseSchema,
  type TemplateView,
  templateViewSchema,
} from '@drydock/protocol';
import { strings } from '../../strings.ts';
import { callApi } from '../base/api.ts';
import { formatDuration } from '../base/format.ts';
import type { Notices } from '../base/notices.ts';
import { createValue } from '../base/store.ts';
import type { AddOptions, WorkspaceController } from '../workspace/workspace.ts';
import { forgetLink, forgetSession, rememberSession } from './recent-sessions.ts';
import type { WorkbenchStore } from './workbench-store.ts';

/** How long a new node may take before its terminal is given up (ms); the server itself gives up earlier. */
const NODE_READY_MS = 60_000;
/** Size of a terminal before it is placed; it is fitted as soon as it is shown. */
const FIRST_SIZE = { cols: 120, rows: 30 };

export interface WorkbenchActionsDeps {
  sessionId: SessionId;
  token: string | null;
  store: WorkbenchStore;
  link: Pick<TerminalLink, 'call'>;
  workspace: WorkspaceController;
  notices: Notices;
  /** Shows terminals that others opened meanwhile. */
  syncWorkspace(): void;
  /** The page must not leave by itself while a close is under way. */
  onLeave(): void;
}

export type WorkbenchActions = ReturnType<typeof createWorkbenchActions>;

export function createWorkbenchActions(deps: WorkbenchActionsDeps) {
  const { sessionId, token, store, link, workspace, notices } = deps;
  /** Nodes that were asked for and are not there yet. */
  const adding = createValue(0);
  /** Empty until they are there; without templates what offers them is left out, everything else works without them. */
  const templates = createValue<readonly TemplateView[]>([]);
  let templatesAsked = false;
  const path = `/sessions/${sessionId}`;

  function call<T = undefined>(method: Method, below: string, options: CallOptions<T> = {}): Promise<T> {
    return callApi(method, path + below, { token, ...options });
  }

  /** Waits until a node runs; false when it goes away or takes too long. */
  function nodeRuns(name: string): Promise<boolean> {
    return new Promise((resolve) => {
      const look = () => {
        const node = store.getState().data?.session.nodes.find((other) => other.name === name);
        if (node?.state === 'running') finish(true);
        else if (node !== undefined && node.state !== 'creating') finish(false);
      };
      const timer = setTimeout(() => finish(false), NODE_READY_MS);
      const unsubscribe = store.subscribe(look);
      function finish(runs: boolean): void {
        clearTimeout(timer);
        unsubscribe();
        resolve(runs);
      }
      look();
    });
  }

  /** The first node whose docker answers; null when there is none in time. */
  function nodeWithDocker(): Promise<NodeView | null> {
    return new Promise((resolve) => {
      const look = () => {
        const node = store.getState().data?.session.nodes.find(({ dockerReady }) => dockerReady);
        if (node !== undefined) finish(node);
      };
      const timer = setTimeout(() => finish(null), NODE_READY_MS);
      const unsubscribe = store.subscribe(look);
      function finish(node: NodeView | null): void {
        clearTimeout(timer);
        unsubscribe();
        resolve(node);
      }
      look();
    });
  }

  /** Opens a terminal of a node; `typed` is typed into it at once. */
  async function openTerminal(node: string, options: AddOptions = {}, typed?: string): Promise<void> {
    const arrived = workspace.expectTerminal(node);
    try {
      if (!(await nodeRuns(node))) throw new ApiError('NODE_NOT_READY', strings.terminals.openFailed(node));
      const { terminalId } = await link.call('terminal:open', { node, ...FIRST_SIZE });
      workspace.addOpened(terminalId, node, options);
      if (typed === undefined) return;
      // A writer of its own: this is typed once, whatever the terminal's own typing is at.
      const writer = `panel-${terminalId}`;
      await link.call('terminal:input', { terminalId, writer, seq: 1, data: new TextEncoder().encode(typed) });
    } catch (error) {
      notices.fail(strings.errors.openTerminal, error);
    } finally {
      arrived();
      deps.syncWorkspace();
    }
  }

  async function addNode(name?: string): Promise<NodeView | null> {
    adding.set(adding.getState() + 1);
    try {
      const body = name === undefined ? {} : { name };
      const node = await call('POST', '/nodes', { body, read: createNodeResponseSchema });
      void openTerminal(node.name);
      return node;
    } catch (error) {
      if (name !== undefined) throw error;
      notices.fail(strings.errors.addNode, error);
      return null;
    } finally {
      adding.set(adding.getState() - 1);
    }
  }

  /** Runs a call whose failure is a message; true when it worked. */
  async function attempt(failure: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      notices.fail(failure, error);
      return false;
    }
  }

  return {
    adding,
    addNode,
    openTerminal,
    /** Types the command of a stack into a terminal of the session's first node, which is made unless a template makes it. */
    async runStack(command: string): Promise<void> {
      try {
        if (store.getState().data?.session.template === null) await call('POST', '/nodes', { body: {} });
        const node = await nodeWithDocker();
        if (node === null) throw new ApiError('NODE_NOT_READY', strings.errors.noNodeForStack);
        await openTerminal(node.name, {}, `${command}\r`);
      } catch (error) {
        notices.fail(strings.errors.stack, error);
      }
    },
    /** Shows a terminal of the node: the one used last, or a new one. */
    showNode(node: string): void {
      const tabs = store.getState().data?.terminals.filter((terminal) => terminal.node === node) ?? [];
      const first = tabs[0];
      if (first !== undefined) workspace.activate(first.terminalId);
      else if (store.getState().data?.right !== 'viewer') void openTerminal(node);
    },
    /** Ends a terminal's shell and takes its tab away, without a question (terminal/closing.ts asks); true when it is gone. */
    async closeTerminal(terminalId: string): Promise<boolean> {
      const closed = await attempt(strings.errors.closeTerminal, () =>
        link.call('terminal:close', { terminalId }).catch((error: unknown) => {
          if (!(error instanceof ApiError && error.code === 'TERMINAL_NOT_FOUND')) throw error;
        }),
      );
      if (closed) workspace.closed(terminalId);
      return closed;
    },
    deleteNode: (name: string) => attempt(strings.errors.deleteNode, () => call('DELETE', `/nodes/${name}`)),
    /** Ends the session; true when everything is gone. */
    async closeSession(): Promise<boolean> {
      deps.onLeave();
      const closed = await attempt(strings.errors.closeSession, () => call('DELETE', ''));
      if (closed) forgetSession(sessionId);
      return closed;
    },
    /** Gives the session another name, or none. @throws ApiError */
    rename: (name: string | null) => call('PATCH', '', { body: { name } }),
    extend: (hours: number) =>
      attempt(strings.errors.extend, async () => {
        // The change that tells this page comes by another way, before or after the answer.
        const { expiresAt, now } = await call('POST', '/extend', { body: { hours }, read: sessionViewSchema });
        const left = expiresAt - now;
        notices.show({ kind: 'success', title: strings.workbench.extended(formatDuration(left)) });
      }),
    templates,
    /** Asks for the templates, once. */
    wantTemplates(): void {
      if (templatesAsked) return;
      templatesAsked = true;
      callApi('GET', '/templates', { read: templateViewSchema.array() }).then(templates.set, () => {
        templatesAsked = false;
      });
    },
    applyTemplate: ({ id, title }: TemplateView) =>
      attempt(strings.errors.template, async () => {
        await call('POST', '/templates', { body: { template: id } });
        notices.show({ kind: 'info', title: strings.nodes.applied(title) });
      }),
    setPortVisibility: (node: string, { port }: PublishedPort, visibility: 'private' | 'public') =>
      attempt(strings.errors.port, async () => {
        await call('PATCH', `/nodes/${node}/ports/${port}`, { body: { visibility } });
        const title = visibility === 'public' ? strings.ports.madePublic(port) : strings.ports.madePrivate(port);
        notices.show({ kind: 'success', title });
      }),
    setPortHost: (node: string, port: number, host: 'keep' | 'rewrite') =>
      attempt(strings.errors.port, async () => {
        await call('PATCH', `/nodes/${node}/ports/${port}`, { body: { host } });
        const title = host === 'keep' ? strings.ports.hostKept(port) : strings.ports.hostRewritten(port);
        notices.show({ kind: 'success', title });
      }),
    /** A link that opens one port for a while. @throws ApiError */
    sharePort: (node: string, port: number, minutes: number) =>
      call('POST', `/nodes/${node}/ports/${port}/share`, { body: { minutes }, read: sharePortResponseSchema }),
    /** Sets this tab's link as the one that downloads and ports speak by; without a link of its own the cookie stays. */
    async renewCookie(): Promise<void> {
      if (token !== null) await call('POST', '/open', { body: { token } }).catch(() => undefined);
    },
    /** The links that open the session, without their secrets. @throws ApiError */
    links: () => call('GET', '/links', { read: linksResponseSchema }),
    /** Withdraws every link of a right; whoever came by one is out at once. @throws ApiError */
    async withdrawLinks(right: Exclude<Right, 'owner'>): Promise<void> {
      const links = await call('GET', '/links', { read: linksResponseSchema });
      for (const link of links) if (link.right === right) await call('DELETE', `/links/${link.id}`);
      forgetLink(sessionId, right);
    },
    /** Makes a link with its own token and remembers it in this browser. @throws ApiError */
    async createLink(right: Right): Promise<string> {
      const { url } = await call('POST', '/links', { body: { right }, read: createLinkResponseSchema });
      const { data } = store.getState();
      if (data && token !== null) {
        const { id, name, expiresAt } = data.session;
        rememberSession({ id, name, right: data.right, expiresAt, token, links: { [right]: url } });
      }
      return url;
    },
    call,
  };
}

/** A frame on a page of another site, without React: its page, its session, and what the one is told of the other. */
import { ApiError } from '@drydock/client';
import {
  type EmbedNews,
  type EmbedRequest,
  type EmbedTheme,
  type EndReason,
  ERROR_CODES,
  type ErrorCode,
} from '@drydock/protocol';
import { strings } from '../../strings.ts';
import { leaveCookies } from '../base/api.ts';
import { createValue } from '../base/store.ts';
import { accessOfFrame } from '../session/access.ts';
import { createWorkbench, type PageParts, type Workbench } from '../workbench.ts';
import type { EmbedWish } from './address.ts';
import { beginSession, type EmbedAccess, endSession, resumeSession } from './begin.ts';
import { createFlatTiles } from './flat-tiles.ts';
import { applyLook } from './look.ts';
import { createNodeTerminals } from './node-terminals.ts';
import { type HostPage, listenToPage } from './page-port.ts';
import { createPageTexts } from './page-texts.ts';
import { watchNews } from './session-news.ts';
import { giveSession, MAX_TAKERS, takeSession } from './sharing.ts';

/** Between two attempts when the place is full and does not say when to come back (ms). */
const RETRY_MS = 15_000;
/** Codes that a later attempt may cure: there is a queue, or room comes. */
const WAITS: readonly string[] = ['NO_CAPACITY', 'SITE_LIMIT', 'STARTS_STOPPED'];
/** Codes that say of a kept handle that there is nothing left to go on with. */
const OVER: readonly string[] = ['SESSION_ENDED', 'SESSION_NOT_FOUND', 'UNAUTHORIZED'];

export type EmbedStage =
  /** No page has greeted it yet. */
  | { kind: 'listening' }
  /** Not shown by a page, or by one in a sandbox that leaves the frame no origin: nothing can be started here. */
  | { kind: 'alone' | 'sandboxed' }
  | { kind: 'idle' }
  | { kind: 'starting' }
  | { kind: 'waiting'; place: number | null; estimateMs: number | null; retryAt: number; message: string }
  | { kind: 'working'; workbench: Workbench }
  | { kind: 'ended'; reason: EndReason | 'revoked'; text: string | null }
  | { kind: 'refused'; code: string; message: string };

/** The page around a frame has the keys, and what else there is. */
const PARTS: PageParts = { panels: [], keys: () => ({ handle: () => false }) };

/** A port that the page around the frame wants its visitor to see. */
export interface OfferedPort {
  node: string;
  port: number;
  path: string | undefined;
}

export interface EmbedDeps {
  wish: EmbedWish;
  /** The part of the frame's address behind the `#`. */
  nonce: string;
  window: Window;
}

export type Embed = ReturnType<typeof createEmbed>;

const isOver = ({ kind }: EmbedStage) => kind === 'ended' || kind === 'refused';
const numberOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const registered = (code: string): ErrorCode => ERROR_CODES.find((known) => known === code) ?? 'HOST_UNAVAILABLE';

function firstStage(window: Window): EmbedStage {
  if (window.parent === window) return { kind: 'alone' };
  return { kind: window.origin === 'null' ? 'sandboxed' : 'listening' };
}

/** Builds it and listens to the page; nothing is started before the page or the visitor wants it. */
export function createEmbed({ wish, nonce, window }: EmbedDeps) {
  leaveCookies();
  const stage = createValue<EmbedStage>(firstStage(window));
  /** Keeps this frame's place in the queue over attempts. */
  const queue = crypto.randomUUID();
  /** The port that the page offers its visitor. */
  const offered = createValue<OfferedPort | null>(null);
  const texts = createPageTexts((news) => page?.send(news));
  let page: HostPage | null = null;
  let taken: Promise<string> | null = null;
  let theme: EmbedTheme = {};
  let retry: ReturnType<typeof setTimeout> | undefined;
  let access: EmbedAccess | null = null;
  let begun = false;
  let leave: () => void = () => undefined;
  const waitingForHandle = new Set<(handle: string) => void>();

  function become(next: EmbedStage): void {
    stage.set(next);
    if (next.kind === 'working') return;
    const news = newsOf(next);
    if (news !== null) page?.send(news);
    if (!isOver(next)) return;
    texts.detach();
    offered.set(null);
  }

  function end(reason: EndReason | 'revoked', text: string | null): void {
    const over = leave;
    leave = () => undefined;
    become({ kind: 'ended', reason, text });
    over();
  }

  function work({ sessionId, token, handle }: EmbedAccess, opens: boolean): void {
    const workbench = createWorkbench(sessionId, PARTS, accessOfFrame(token));
    workbench.workspace.bind(createFlatTiles(workbench.workspace.changed));
    const { store, actions, place, labs, files } = workbench;
    const terminals = createNodeTerminals({ store, actions, opens });
    const unsubscribe = store.subscribe(() => {
      const { connection } = store.getState();
      if (connection.kind === 'online') workbench.syncWorkspace();
      if (connection.kind === 'ended') end(connection.reason, connection.text ?? null);
      if (connection.kind === 'refused') end('closed', null);
    });
    const stopNews = watchNews({ store, send: (news) => page?.send(news) });
    texts.attach({ runner: labs.runner, files, terminals, activeNode: place.activeNode });
    leave = () => {
      stopNews();
      unsubscribe();
      terminals.dispose();
      workbench.dispose();
    };
    applyLook(theme, workbench.preferences);
    if (wish.resume) page?.send({ type: 'handle', handle });
    for (const give of waitingForHandle) give(handle);
    waitingForHandle.clear();
    workbench.start();
    stage.set({ kind: 'working', workbench });
    const { show } = wish;
    if (show !== null) void terminals.ready(show).then((isThere) => isThere && actions.showNode(show));
  }

  async function begin(handle?: string): Promise<void> {
    begun = true;
    clearTimeout(retry);
    // Its code comes while the session does; where it cannot be had now, the first terminal asks again.
    import('../terminal/view.ts').catch(() => undefined);
    become({ kind: 'starting' });
    const standing = { origin: page?.origin ?? '', ...(wish.site === null ? {} : { site: wish.site }) };
    const isShared = taken !== null;
    try {
      const kept = taken === null ? handle : await taken;
      access = kept === undefined ? await beginSession(standing, wish, queue) : await resumeSession(standing, kept);
      work(access, !isShared);
    } catch (error) {
      fail(error, handle !== undefined || isShared);
    }
  }

  function fail(error: unknown, isResumed: boolean): void {
    const { code, message } = error instanceof ApiError ? error : new ApiError('NETWORK', String(error));
    if (isResumed && OVER.includes(code)) {
      end('closed', null);
      return;
    }
    if (!WAITS.includes(code) || !(error instanceof ApiError)) {
      become({ kind: 'refused', code, message });
      return;
    }
    const { details, retryAfterMs } = error;
    const seconds = numberOf(details.estimateSeconds);
    const wait = retryAfterMs ?? RETRY_MS;
    retry = setTimeout(() => void begin(), wait);
    become({
      kind: 'waiting',
      message,
      place: numberOf(details.queuePlace),
      estimateMs: seconds === null ? null : seconds * 1000,
      retryAt: Date.now() + wait,
    });
  }

  /** What is asked of the session by the page; the visitor does such things by hand. */
  function workbenchNow(): Workbench | null {
    const now = stage.getState();
    return now.kind === 'working' ? now.workbench : null;
  }

  /** Before the start, and after the end, nothing is kept: a page that was not asked for has nothing to say. */
  const mayAsk = () => begun && !isOver(stage.getState());

  function onRequest(request: EmbedRequest, port: MessagePort | undefined): void {
    switch (request.type) {
      case 'start':
        if (!begun) void begin(request.handle);
        return;
      case 'run':
      case 'write': {
        if (!mayAsk()) {
          page?.send({ type: 'ran', id: request.id, code: begun ? 'SESSION_ENDED' : 'FORBIDDEN' });
          return;
        }
        const { id, node } = request;
        texts.take(
          id,
          request.type === 'run'
            ? { kind: 'run', text: request.text, node, terminal: request.terminal }
            : { kind: 'write', text: request.content, node, path: request.path },
        );
        return;
      }
      case 'show':
        workbenchNow()?.actions.showNode(request.node);
        return;
      case 'open':
        if (mayAsk()) offered.set({ node: request.node, port: request.port, path: request.path });
        return;
      case 'focus':
        workbenchNow()?.place.focusTerminal();
        return;
      case 'theme':
        theme = { ...theme, ...request.theme };
        applyLook(theme, workbenchNow()?.preferences ?? null);
        return;
      case 'share':
        if (port === undefined || (begun && request.role === 'take')) return;
        // One is waited for: each that a page sends would hold a port for minutes.
        if (request.role === 'take') taken ??= takeSession(port);
        else
          giveSession(port, (give) => {
            if (access !== null && stage.getState().kind === 'working') give(access.handle);
            else if (waitingForHandle.size < MAX_TAKERS) waitingForHandle.add(give);
          });
        return;
      case 'end':
        if (access !== null && workbenchNow() !== null)
          endSession(access).catch((error: unknown) =>
            workbenchNow()?.notices.fail(strings.errors.closeSession, error),
          );
        return;
    }
  }

  const stop =
    stage.getState().kind === 'listening'
      ? listenToPage({
          window,
          nonce,
          onRequest,
          onPage(next) {
            page = next;
            become({ kind: 'idle' });
            if (wish.command !== null) texts.take(null, { kind: 'run', text: wish.command });
          },
        })
      : () => undefined;

  return {
    stage,
    texts,
    offered,
    wish,
    /** The site that shows this frame, as its visitor knows it; null before it has spoken, and for pages without an origin. */
    site: (): string | null => (page === null || page.origin === 'null' ? null : new URL(page.origin).host),
    /** The address of the whole workbench on this session. */
    fullAddress: () => (access === null ? null : { sessionId: access.sessionId, token: access.token }),
    /** The visitor's own press of Start, in the frame; starts anew after an end. */
    start(): void {
      taken = null;
      texts.allow();
      void begin();
    },
    stopWaiting(): void {
      clearTimeout(retry);
      begun = false;
      become({ kind: 'idle' });
    },
    dispose(): void {
      clearTimeout(retry);
      stop();
      leave();
    },
  };
}

/** What a page is told of a stage; null where it has no page, or hears more by session-news.ts. */
function newsOf(stage: Exclude<EmbedStage, { kind: 'working' }>): EmbedNews | null {
  switch (stage.kind) {
    case 'listening':
    case 'alone':
    case 'sandboxed':
      return null;
    case 'idle':
    case 'starting':
      return { type: 'state', state: stage.kind };
    case 'waiting': {
      const { place, retryAt, message } = stage;
      const retryAfter = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
      const more = place === null || place < 1 ? {} : { place };
      return { type: 'state', state: 'waiting', message, retryAfter, ...more };
    }
    case 'ended':
      return { type: 'state', state: 'ended', ...(stage.text === null ? {} : { message: stage.text }) };
    case 'refused':
      return { type: 'state', state: 'refused', code: registered(stage.code), message: stage.message };
  }
}

/** Published ports: on host names of their own, or below `/p/` of the main origin; and how a browser gets the right to see one. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type SessionId, toDrydockError } from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { hashToken, newToken } from '../../model/links.ts';
import type { TicketStore } from '../../store/tickets/ticket-store.ts';
import { portCookieName, serializeCookie } from '../base/cookies.ts';
import { OPEN_PATH, type Origins } from '../base/origins.ts';
import { pageResponse } from '../base/pages.ts';
import { isPath, pathOf, queryOf } from '../base/target.ts';
import type { PortAccess, PortDecision } from './access.ts';
import { type PortName, type PortTable, type PortTarget, parsePortLabel, parsePortPath } from './labels.ts';
import { plainNotFound, refuseUpgrade } from './pages.ts';
import type { PortProxy } from './proxy.ts';
import { hasReadWarning, isWarningAnswer, showWarning, WARNING_PATH, warningCookie } from './warning.ts';

/** Where a port's host name takes tickets and shares; the one path of it that never reaches a node. */
const ENTER_PATH = '/_drydock/enter';
/** A ticket is used by the redirect that carries it (ms). */
const TICKET_MS = 60_000;
/** Longest path that is remembered over the redirects (characters). */
const MAX_RETURN_PATH = 4096;

export interface PortGateway {
  /** Requests whose host name is a label below the ports' domain. */
  request(request: IncomingMessage, response: ServerResponse, label: string): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, label: string): void;
  /** `/p/...` and `/open-port` on the main origin; false when the path is neither. */
  mainRequest(request: IncomingMessage, response: ServerResponse): boolean;
  mainUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): boolean;
  /** An address that opens a port once, within a minute, for who holds a link. @throws DrydockError STORE_UNAVAILABLE. */
  ticketUrl(target: PortName, linkId: string, path: string | undefined): Promise<string>;
  /** The address of a share's token. */
  shareUrl(sessionId: SessionId, node: string, port: number, token: string): string;
}

export interface PortGatewayDeps {
  table: PortTable;
  access: PortAccess;
  proxy: PortProxy;
  tickets: TicketStore;
  origins: Origins;
  settings: {
    maxSessionHours: number;
    /** Strangers see a warning before the page of a public port. */
    warnStrangers: boolean;
  };
  logger: Logger;
}

/** The decision about a name that is not there. */
const REFUSED: PortDecision = { allowed: false };

/** A browser that goes to an address, as opposed to a program, or a part of a page. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = headers['sec-fetch-mode'];
  return mode === undefined ? /\btext\/html\b/.test(headers.accept ?? '') : mode === 'navigate';
}

/** A path to return to, or `/` for anything that could lead elsewhere. */
function returnPath(text: string | null): string {
  const isOurs = text !== null && /^\/(?![/\\])/.test(text) && text.length <= MAX_RETURN_PATH;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a header
  return isOurs && !/[\u0000-\u001f\u007f]/.test(text) ? text : '/';
}

function redirect(response: ServerResponse, location: string, cookie?: string, status = 302): void {
  response.writeHead(status, {
    // A query can decode to what no header can hold; the bytes of a path are its own business.
    location: location.replace(/[^\0-\xff]+/gu, encodeURIComponent),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
    ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
  });
  response.end();
}

/** The cookie by which a port knows its visitor. */
function portCookie(
  request: IncomingMessage,
  { secure }: Origins,
  portUrl: string,
  value: string,
  maxAgeSeconds: number,
): string {
  const framed = request.headers['sec-fetch-dest'] === 'iframe';
  const trustworthy = secure || new URL(portUrl).hostname.endsWith('.localhost');
  if (!framed || !trustworthy) return serializeCookie(portCookieName(secure), value, { secure, maxAgeSeconds });
  // In a frame of the workbench a port is a third party; the cookie is then bound to that page (CHIPS).
  const parts = [`${portCookieName(true)}=${value}`, 'Path=/', `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'Secure'];
  return [...parts, 'SameSite=None', 'Partitioned'].join('; ');
}

function couldNotOpen(logger: Logger, response: ServerResponse, thrown: unknown): void {
  const error = toDrydockError(thrown);
  logger.warn({ err: thrown, code: error.code }, 'port could not be opened');
  if (response.headersSent) response.destroy();
  else pageResponse(response, error.status, 'One moment', error.message, 2);
}

function answerWarning(request: IncomingMessage, response: ServerResponse, secure: boolean): void {
  if (!isWarningAnswer(request)) plainNotFound(response);
  else redirect(response, returnPath(queryOf(request.url).get('to')), warningCookie(secure), 303);
}

/** Builds the gateway. */
export function createPortGateway(deps: PortGatewayDeps): PortGateway {
  const { table, access, proxy, tickets, origins, logger } = deps;
  const { maxSessionHours, warnStrangers } = deps.settings;
  const portUrl = ({ sessionId, node, port }: PortName) => origins.portUrl(sessionId, node, port);

  function cookieFor(request: IncomingMessage, target: PortTarget, by: string): string {
    return portCookie(request, origins, portUrl(target), access.sign(target, by), maxSessionHours * 3600);
  }

  async function enter(request: IncomingMessage, response: ServerResponse, target: PortTarget): Promise<void> {
    const query = queryOf(request.url);
    const ticket = query.get('ticket');
    const share = query.get('share');
    let by: string | undefined;
    if (ticket !== null) {
      const value = await tickets.take(hashToken(ticket), 'port');
      const [label, linkId] = (value ?? '').split(' ');
      if (label === `${target.port}-${target.node}-${target.sessionId}`) by = linkId;
    } else if (share !== null) by = access.shareOf(target, share);
    if (by === undefined) return plainNotFound(response);
    redirect(response, returnPath(query.get('to')), cookieFor(request, target, by));
  }

  async function open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = queryOf(request.url);
    const name = parsePortLabel(query.get('label') ?? '');
    const target = name === undefined ? undefined : table(name);
    const linkId = target === undefined ? undefined : access.linkOfCookie(request, target.session);
    if (target === undefined || linkId === undefined) {
      const text =
        'There is no such port, or it is private. Open the link of its session in this browser first, then try again.';
      return pageResponse(response, 404, 'Nothing to see here', text);
    }
    redirect(response, await ticketUrl(target, linkId, query.get('to')));
  }

  async function ticketUrl(target: PortName, linkId: string, path: string | null): Promise<string> {
    const ticket = newToken();
    const label = `${target.port}-${target.node}-${target.sessionId}`;
    await tickets.put(hashToken(ticket), 'port', `${label} ${linkId}`, TICKET_MS);
    return `${portUrl(target)}${ENTER_PATH.slice(1)}?ticket=${ticket}&to=${encodeURIComponent(returnPath(path))}`;
  }

  function run(response: ServerResponse, task: Promise<void>): void {
    task.catch((thrown: unknown) => couldNotOpen(logger, response, thrown));
  }

  function pathRequest(request: IncomingMessage, response: ServerResponse): boolean {
    const path = parsePortPath(request.url ?? '');
    if (path === undefined) return false;
    if (origins.hasPortsDomain) {
      // By its form alone, so that this tells nobody which ports there are.
      const name = origins.portUrl(path.sessionId, path.node, path.port);
      redirect(response, `${name.slice(0, -1)}${path.rest === '' ? '/' : path.rest}`, undefined, 307);
      return true;
    }
    const target = table(path);
    if (target === undefined) {
      plainNotFound(response);
      return true;
    }
    const decision = access.decide(request, target, path.grant);
    if (!decision.allowed) {
      const linkId = access.linkOfCookie(request, target.session);
      // Parts of a sandboxed page come without cookies, so the right travels in the path.
      if (linkId === undefined || !isNavigation(request)) plainNotFound(response);
      else
        redirect(
          response,
          `${origins.basePath}${path.prefix}/~${access.sign(target, linkId)}${path.rest === '' ? '/' : path.rest}`,
        );
      return true;
    }
    if (path.rest === '') {
      redirect(response, `${origins.basePath}${path.prefix}/`);
      return true;
    }
    // On our own origin a warning could not be told from the page; the port's own name has one.
    if (warnStrangers && decision.stranger) {
      redirect(response, `${portUrl(target).slice(0, -1)}${path.rest}`);
      return true;
    }
    request.url = path.rest;
    const { stripAuthorization, stranger } = decision;
    proxy.request(request, response, { target, stripAuthorization, stranger, prefix: origins.basePath + path.prefix });
    return true;
  }

  return {
    ticketUrl: (target, linkId, path) => ticketUrl(target, linkId, path ?? null),
    shareUrl: (sessionId, node, port, token) =>
      `${origins.portUrl(sessionId, node, port)}${ENTER_PATH.slice(1)}?share=${token}`,
    request(request, response, label) {
      const name = parsePortLabel(label);
      if (name === undefined || !isPath(request.url)) return plainNotFound(response);
      const target = table(name);
      const path = pathOf(request.url);
      if (target !== undefined && path === ENTER_PATH) return run(response, enter(request, response, target));
      const decision = target === undefined ? REFUSED : access.decide(request, target);
      if (target === undefined || !decision.allowed) {
        // Names that do not exist lead there too: whether they do is told to those alone who may know.
        if (!isNavigation(request) || path === ENTER_PATH) return plainNotFound(response);
        const to = encodeURIComponent(returnPath(request.url ?? '/'));
        return redirect(response, `${origins.publicBase}${OPEN_PATH}?label=${label}&to=${to}`);
      }
      const { stripAuthorization, stranger } = decision;
      if (warnStrangers && stranger && path === WARNING_PATH) return answerWarning(request, response, origins.secure);
      if (warnStrangers && stranger && isNavigation(request) && !hasReadWarning(request)) {
        return showWarning(response, new URL(portUrl(target)).host, returnPath(request.url ?? '/'));
      }
      proxy.request(request, response, { target, stripAuthorization, stranger });
    },
    upgrade(request, socket, head, label) {
      const name = parsePortLabel(label);
      const target = name === undefined || !isPath(request.url) ? undefined : table(name);
      const decision = target === undefined ? undefined : access.decide(request, target);
      if (target === undefined || !decision?.allowed) return refuseUpgrade(socket, '404 Not Found');
      const { stripAuthorization, stranger } = decision;
      proxy.upgrade(request, socket, head, { target, stripAuthorization, stranger });
    },
    mainRequest(request, response) {
      if (pathOf(request.url) === OPEN_PATH) {
        run(response, open(request, response));
        return true;
      }
      return pathRequest(request, response);
    },
    mainUpgrade(request, socket, head) {
      const path = parsePortPath(request.url ?? '');
      if (path === undefined) return false;
      const target = origins.hasPortsDomain ? undefined : table(path);
      const decision = target === undefined ? undefined : access.decide(request, target, path.grant);
      if (target === undefined || !decision?.allowed) {
        refuseUpgrade(socket, '404 Not Found');
        return true;
      }
      request.url = path.rest === '' ? '/' : path.rest;
      const { stripAuthorization, stranger } = decision;
      const prefix = origins.basePath + path.prefix;
      proxy.upgrade(request, socket, head, { target, stripAuthorization, stranger, prefix });
      return true;
    },
  };
}

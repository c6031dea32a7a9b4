/** What visitors of a port see when the node's program does not answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { DrydockError } from '@drydock/protocol';
import { pageResponse } from '../base/pages.ts';
import type { PortTrouble } from './health.ts';
import type { PortName } from './labels.ts';

/** The page looks again after this long (s): a program that is starting is there by then. */
const RELOAD_SECONDS = 2;

/** The same answer for every label that leads nowhere: unknown, foreign, ended, closed, or not for this visitor. */
export function plainNotFound(response: ServerResponse): void {
  response.writeHead(404, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex',
  });
  response.end('Not found\n');
}

/** The same on a socket that wanted to be upgraded. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A failure of the way to the node or of the program there, as an error of the registry. */
export function portError(thrown: unknown): DrydockError {
  if (thrown instanceof DrydockError) return thrown;
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT' || code === 'ERR_UPSTREAM_UPGRADE_TIMEOUT') return new DrydockError('PORT_TIMEOUT');
  return new DrydockError('PORT_REFUSED', 'The program on that port closed the connection without an answer.', {
    cause: code,
  });
}

/** What failed, in one word for programs. */
function causeOf(error: DrydockError): string {
  if (error.code === 'PORT_REFUSED') return error.details?.cause === undefined ? 'refused' : 'closed';
  return (
    { PORT_TIMEOUT: 'timeout', HOST_UNAVAILABLE: 'host-away', RATE_LIMITED: 'limit', SESSION_FROZEN: 'frozen' }[
      error.code as string
    ] ?? 'other'
  );
}

const clockTime = (ms: number) => `${new Date(ms).toISOString().slice(11, 19)} UTC`;

/** Since when it is so, in words. */
function sinceText({ code }: DrydockError, { since, lastAnswered }: PortTrouble): string {
  const answered =
    code === 'SESSION_FROZEN'
      ? 'Nothing in it is lost.'
      : lastAnswered === undefined
        ? 'It has not answered anybody yet.'
        : `It last answered at ${clockTime(lastAnswered)}.`;
  return `It has been so since ${clockTime(since)}. ${answered}`;
}

function explain(error: DrydockError, { node, port }: PortName, trouble: PortTrouble): { title: string; text: string } {
  const where = `port ${port} of ${node}`;
  const hasRun = trouble.lastAnswered !== undefined;
  switch (error.code) {
    case 'PORT_TIMEOUT':
      return {
        title: `No answer on port ${port}`,
        text: `The program on ${where} accepts connections but does not answer in time.`,
      };
    case 'HOST_UNAVAILABLE':
      return {
        title: `${node} is out of reach`,
        text: `The host that runs ${node} is not connected at the moment, so ${where} cannot be asked. The node itself goes on.`,
      };
    case 'RATE_LIMITED':
      return {
        title: 'Too many connections',
        text: `This session has as many connections open as it may have; ${where} must wait.`,
      };
    case 'SESSION_FROZEN':
      return { title: `${node} is stopped for now`, text: error.message };
    case 'PORT_REFUSED':
      return error.details?.cause === undefined
        ? hasRun
          ? {
              title: `The program on port ${port} has stopped`,
              text: `There was a program on ${where}, and now nothing takes connections there. It may have crashed or been stopped; its log tells.`,
            }
          : {
              title: `Nothing listens on port ${port} yet`,
              text: `There is no program on ${where} that takes connections. It may be starting, have crashed, or listen on another port.`,
            }
        : {
            title: `No answer on port ${port}`,
            text: `The program on ${where} closed the connection without an answer that a browser understands. It may be starting, have crashed, or not speak HTTP.`,
          };
    default:
      return { title: `Port ${port} cannot be reached`, text: error.message };
  }
}

/** Answers a failed request: a page that looks again by itself, or JSON for those who ask for it. */
export function portFailure(
  request: IncomingMessage,
  response: ServerResponse,
  error: DrydockError,
  name: PortName,
  trouble: PortTrouble,
): void {
  if (response.headersSent) return void response.destroy();
  response.setHeader('x-robots-tag', 'noindex');
  if (/\bjson\b/.test(request.headers.accept ?? '') && !/text\/html/.test(request.headers.accept ?? '')) {
    const { since, lastAnswered } = trouble;
    // Of an error's own details the operator's reason alone is for visitors.
    const { reason } = error.details ?? {};
    const details = { node: name.node, port: name.port, cause: causeOf(error), since, lastAnswered, reason };
    const body = JSON.stringify({ error: { ...error.toBody(), details } });
    response
      .writeHead(error.status, { 'content-type': 'application/json', 'retry-after': String(RELOAD_SECONDS) })
      .end(body);
    return;
  }
  const { title, text } = explain(error, name, trouble);
  // Only what can be asked for again without harm looks again by itself.
  const again = request.method === 'GET' ? RELOAD_SECONDS : undefined;
  pageResponse(
    response,
    error.status,
    title,
    [text, sinceText(error, trouble), ...(again === undefined ? [] : ['This page looks again by itself.'])],
    again,
  );
}

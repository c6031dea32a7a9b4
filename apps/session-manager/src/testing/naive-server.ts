/**
 * An HTTP server that believes what it is told, in one of the ways in which real programs have: what a smuggled request is aimed at.
 * It answers each request that it sees with that request's target.
 */
import { createServer, type Server, type Socket } from 'node:net';

/** Which header says where a body ends when several do, and whether a lone LF ends a line. */
export type Belief = 'length' | 'chunks' | 'bare-lf';

export interface SeenRequest {
  target: string;
  /** The head as it came. */
  head: string;
}

export interface NaiveServer {
  readonly server: Server;
  readonly seen: SeenRequest[];
}

/** Where a chunked body ends, read with every leniency; undefined while it is not there. */
function endOfChunks(text: string): number | undefined {
  let at = 0;
  for (;;) {
    const line = /^[ \t]*(?:0x)?([0-9a-f]+)[^\n]*\n/i.exec(text.slice(at));
    if (line === null) return undefined;
    // As a program would that keeps it in 32 bits.
    const size = Number.parseInt(line[1]?.slice(-8) ?? '0', 16);
    at += line[0].length;
    if (size === 0) {
      const end = /^(?:[^\r\n]+\r?\n)*\r?\n/.exec(text.slice(at));
      return end === null ? undefined : at + end[0].length;
    }
    at += size;
    if (at > text.length) return undefined;
    at = text.indexOf('\n', at) + 1;
  }
}

/** The length of a request's body in `rest`, as this belief has it; undefined while it is not whole. */
function bodyLength(head: string, rest: string, belief: Belief): number | undefined {
  const chunked = /^transfer-encoding\s*:[^\n]*chunked/im.test(head);
  const length = Number.parseInt(/^content[-_]length\s*:\s*\+?(\d+)/im.exec(head)?.[1] ?? '0', 10);
  if (chunked && (belief !== 'length' || !/^content[-_]length/im.test(head))) return endOfChunks(rest);
  return rest.length >= length ? length : undefined;
}

/** Builds one. */
export function createNaiveServer(belief: Belief): NaiveServer {
  const seen: SeenRequest[] = [];
  const boundary = belief === 'bare-lf' ? /\r?\n\r?\n/ : /\r\n\r\n/;

  function serve(socket: Socket): void {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (;;) {
        const end = boundary.exec(text);
        if (end === null) return;
        const head = text.slice(0, end.index).replace(/\r?\n[ \t]+/g, ' ');
        const rest = text.slice(end.index + end[0].length);
        const length = bodyLength(head, rest, belief);
        if (length === undefined) return;
        text = rest.slice(length);
        const target = head.split(' ')[1] ?? '?';
        seen.push({ target, head });
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`);
      }
    });
  }

  return { server: createServer(serve), seen };
}

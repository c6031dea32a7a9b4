/** Gives every page a Content-Security-Policy with a nonce of its own; the manager passes the header on untouched. */
import { type NextRequest, NextResponse } from 'next/server';
import { isDevelopment } from './env.ts';

/**
 * The policy. Scripts run by nonce alone; styles may be inline, since xterm.js and the positioning of menus write style
 * elements and attributes; frames show what the manager names: published ports, and the way to them. Strings become code by
 * workbench/base/trusted-types.ts alone. Next.js’s own policy (`nextjs`) lets all through and is not let in: our build has no part that makes
 * it, and the test of pages’ policies tells when a later one does.
 */
function policy(nonce: string, frames: readonly string[], ancestors: readonly string[]): string {
  const evaluation = isDevelopment ? " 'unsafe-eval'" : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluation}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    `frame-src ${frames.length === 0 ? "'none'" : frames.join(' ')}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    ...(ancestors.includes('any')
      ? []
      : [`frame-ancestors ${ancestors.length === 0 ? "'none'" : ancestors.join(' ')}`]),
    ...(isDevelopment ? [] : ["require-trusted-types-for 'script'", 'trusted-types default']),
  ].join('; ');
}

/** One address of a policy: nothing that could begin another directive. */
const FRAME_SOURCE = /^('self'|https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d+)?(\/[\w./-]*)?)$/;

function frameSources(header: string | null): string[] {
  return (header ?? '').split(' ').filter((source) => FRAME_SOURCE.test(source));
}

/**
 * Who may show the page that is asked for: the manager says so of `/embed` alone, and takes away what others send under this name. Anybody
 * means no list at all: pages of no origin (a file, a sandbox) are in none.
 */
function ancestorsOf({ headers, nextUrl }: NextRequest): string[] {
  if (nextUrl.pathname !== '/embed') return [];
  const named = (headers.get('x-drydock-ancestors') ?? '').split(' ');
  return named.filter((source) => source === 'any' || FRAME_SOURCE.test(source));
}

export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const header = policy(nonce, frameSources(request.headers.get('x-drydock-frames')), ancestorsOf(request));
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', header);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', header);
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  return response;
}

export const config = {
  matcher: [{ source: '/((?!_next/static|api/|socket.io|icon.svg).*)' }],
};

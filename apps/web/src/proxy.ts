/** Gives every page a Content-Security-Policy with a nonce of its own; the manager passes the header on untouched. */
import { type NextRequest, NextResponse } from 'next/server';
import { isDevelopment } from './env.ts';

/**
 * The policy. Scripts run by nonce alone; styles may be inline, since xterm.js and the positioning of menus write style
 * elements and attributes; frames may show published ports, whose names the manager tells.
 */
function policy(nonce: string, ports: string): string {
  const evaluation = isDevelopment ? " 'unsafe-eval'" : '';
  const frames = /^https?:\/\/\*\.[A-Za-z0-9.-]+(:\d+)?$/.test(ports) ? ` ${ports}` : '';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluation}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    `frame-src 'self'${frames}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const header = policy(nonce, request.headers.get('x-drydock-ports') ?? '');
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

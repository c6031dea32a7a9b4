/** What the manager asks this server: how its process fares. A visitor's request never has the header (session-manager web-proxy.ts). */
import { MANAGER_HEADER } from '@drydock/protocol';
import { pageServerHealth } from '../../health/page-server-health.ts';

export const dynamic = 'force-dynamic';

/** 404 for everybody but the manager. */
export function GET(request: Request): Response {
  const health = request.headers.has(MANAGER_HEADER) ? pageServerHealth() : undefined;
  if (health === undefined) return new Response(null, { status: 404 });
  return Response.json(health, { headers: { 'cache-control': 'no-store' } });
}

/**
 * How the page server fares. Next.js itself goes on after an error that nothing caught and only logs it; here it is counted and kept, and the
 * manager asks for it (app/process-health/route.ts). Runs in Node.js, never in a browser.
 */
import type { ProcessHealth } from '@drydock/protocol';
import { watchProcess } from '@drydock/service-kit/process-watch';

/** Routes and the start of the server are bundled apart: this is the one place that both know. */
const KEY = Symbol.for('drydock.page-server-health');

const place = globalThis as { [KEY]?: () => ProcessHealth };

/** Begins to watch; called once, when the server starts. */
export function watchPageServer(): void {
  if (place[KEY] !== undefined) return;
  const error = (fields: object, message: string) => console.error(JSON.stringify({ ...fields, msg: message }));
  const watch = watchProcess('pages', { logger: { error } });
  watch.ready();
  place[KEY] = watch.health;
}

/** Undefined where nothing watches, as in development. */
export function pageServerHealth(): ProcessHealth | undefined {
  return place[KEY]?.();
}

/** The frame's end of the connection to the page that shows it. The page may be hostile: whatever is not exactly of the protocol is dropped. */
import { type EmbedNews, type EmbedRequest, embedGreetingSchema, embedRequestSchema } from '@drydock/protocol';

/** What the frame says to its page when it can be greeted; it tells nothing but that. */
export const LISTENS = 'drydock-listens';
/** Messages that a page may send in a second; a page that sends more is not heard for the rest of it. */
export const MAX_MESSAGES_A_SECOND = 100;
const SECOND_MS = 1000;

/** The page, once it has shown that it made this frame. */
export interface HostPage {
  /** As the browser tells it: `null` for a page in a sandbox or a file. */
  origin: string;
  send(news: EmbedNews): void;
}

export interface PagePortDeps {
  /** The frame's own window. */
  window: Pick<Window, 'addEventListener' | 'removeEventListener' | 'parent'>;
  /** What the page put into the frame's address, so that another window cannot speak for it. */
  nonce: string;
  onPage(page: HostPage): void;
  /** `port` comes with what shares a session: to another frame of ours. */
  onRequest(request: EmbedRequest, port: MessagePort | undefined): void;
  now?(): number;
}

/** Says that the frame listens, and hears the first page that greets it rightly; returns how to stop. */
export function listenToPage({ window, nonce, onPage, onRequest, now = Date.now }: PagePortDeps): () => void {
  let page: MessagePort | undefined;
  let second = 0;
  let heard = 0;

  function isTooMuch(): boolean {
    const current = Math.floor(now() / SECOND_MS);
    if (current !== second) {
      second = current;
      heard = 0;
    }
    heard += 1;
    return heard > MAX_MESSAGES_A_SECOND;
  }

  function onMessage({ source, origin, data, ports }: MessageEvent): void {
    const [port] = ports;
    if (page !== undefined || port === undefined || source !== window.parent || isTooMuch()) return;
    const { data: greeting } = embedGreetingSchema.safeParse(data);
    if (greeting === undefined || greeting.nonce !== nonce) return;
    page = port;
    window.removeEventListener('message', onMessage);
    onPage({ origin, send: (news) => port.postMessage(news) });
    port.onmessage = (event) => {
      if (isTooMuch()) return;
      const { data: request } = embedRequestSchema.safeParse(event.data);
      if (request !== undefined) onRequest(request, event.ports[0]);
    };
  }

  window.addEventListener('message', onMessage);
  window.parent.postMessage(LISTENS, '*');
  return () => {
    window.removeEventListener('message', onMessage);
    if (page === undefined) return;
    page.onmessage = null;
    page.close();
  };
}

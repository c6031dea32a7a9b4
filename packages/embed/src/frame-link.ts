/** The page's end of the connection to a frame of ours. What comes from it is taken as numbers, known words and text, never as HTML. */
import type { EmbedGreeting, EmbedNews, EmbedRequest } from '@drydock/protocol';

/** A frame that has not answered the greeting by then will not (ms): the server is away, or something forbids the frame. */
const GREETING_MS = 15_000;

/** The frame says that it listens; greetings before that reach nobody. */
const LISTENS = 'drydock-listens';

export interface FrameLink {
  send(request: EmbedRequest, ports?: readonly MessagePort[]): void;
  close(): void;
}

export interface FrameLinkDeps {
  frame: HTMLIFrameElement;
  /** The frame's origin; messages from and to another are dropped. */
  origin: string;
  nonce: string;
  onNews(news: EmbedNews): void;
  /** Nothing answered. */
  onSilence(): void;
}

/** 128 random bits as 22 letters. */
export function makeNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Greets the frame as soon as it listens. What is sent before waits in the port. */
export function connectFrame({ frame, origin, nonce, onNews, onSilence }: FrameLinkDeps): FrameLink {
  const { port1, port2 } = new MessageChannel();
  const silence = setTimeout(onSilence, GREETING_MS);
  port1.onmessage = ({ data }) => {
    if (typeof data !== 'object' || data === null || typeof data.type !== 'string') return;
    clearTimeout(silence);
    onNews(data as EmbedNews);
  };
  const onMessage = (event: MessageEvent) => {
    if (event.source !== frame.contentWindow || event.origin !== origin || event.data !== LISTENS) return;
    removeEventListener('message', onMessage);
    const greeting: EmbedGreeting = { drydock: 1, nonce };
    frame.contentWindow?.postMessage(greeting, origin, [port2]);
  };
  addEventListener('message', onMessage);
  return {
    send: (request, ports = []) => port1.postMessage(request, [...ports]),
    close() {
      clearTimeout(silence);
      removeEventListener('message', onMessage);
      port1.close();
    },
  };
}

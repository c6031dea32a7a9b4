/** `<drydock-terminal>` and `<drydock-lab>`: a poster until the visitor starts it, a frame of ours afterwards. */
import type { EmbedNews, EmbedRequest, EmbedState, EmbedTheme } from '@drydock/protocol';
import { base, isLocal, site } from './base.ts';
import { connectFrame, type FrameLink, makeNonce } from './frame-link.ts';
import { adoptSheet, drawPoster, posterWords } from './poster.ts';
import { recall, remember } from './resume.ts';
import { findSharer, joinSharers, leaveSharers } from './sharing.ts';
import { strings } from './strings.ts';

/** Attributes that the frame is told in its address; all else stays on the page. */
const ADDRESS_ATTRIBUTES = [
  'src',
  'lab',
  'template',
  'stack',
  'image',
  'nodes',
  'show',
  'lang',
  'step',
  'chrome',
  'resume',
] as const;
/** Of each; longer ones are cut (characters). */
const MAX_ATTRIBUTE = 2000;
/** Answers that are waited for at once; more are refused. */
const MAX_ASKED = 20;
const MAX_NODES = 5;
/** What a frame may do on the page: nothing with its navigation. */
const SANDBOX =
  'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals';
const ALLOW = 'clipboard-write; clipboard-read; fullscreen';
/** Names of one permission in the browsers of today and of next year. */
const LOCAL_ALLOW = '; local-network-access; local-network; loopback-network';

export type RanAnswer = { exit: number } | { typed: true };

interface Asked {
  done(answer: RanAnswer): void;
  fail(error: Error): void;
}

function nodesWanted(given: string | null): number {
  const count = Number.parseInt(given ?? '', 10);
  return Number.isFinite(count) ? Math.min(Math.max(count, 1), MAX_NODES) : 1;
}

export class DrydockElement extends HTMLElement {
  static observedAttributes = ['theme', 'accent', 'radius', 'font-size', 'show'];

  /** Where the frame is. */
  state: EmbedState = 'idle';
  /** The step of a lab that the visitor is at, from 1. */
  step: number | undefined;
  /** Host names of the nodes that are there. */
  nodes: readonly string[] = [];
  /** Published ports. */
  ports: readonly { node: string; port: number }[] = [];

  #root: ShadowRoot;
  #link: FrameLink | undefined;
  #visible: IntersectionObserver | undefined;
  #asked = new Map<number, Asked>();
  #nextAsk = 1;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: 'open' });
    adoptSheet(this.#root);
  }

  /** Whether this element shows a lab; `<drydock-terminal>` does not. */
  protected get lab(): string | null {
    return null;
  }

  connectedCallback(): void {
    this.style.setProperty('--drydock-height', this.getAttribute('height') ?? '');
    if (this.#link !== undefined) return;
    this.#drawPoster();
    const start = this.getAttribute('start');
    if (recall(this) !== undefined && this.getAttribute('resume') !== 'no') this.#whenVisible(() => this.#begin());
    else if (start === 'visible') this.#whenVisible(() => this.#begin());
    else if (start === 'load') this.#begin();
  }

  disconnectedCallback(): void {
    this.#visible?.disconnect();
    // A page that only moves the element takes it out and puts it back in one go.
    queueMicrotask(() => {
      if (!this.isConnected) this.#close();
    });
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name === 'show' && value !== null) this.show(value);
    else this.#link?.send({ type: 'theme', theme: this.#theme() });
  }

  /** Starts it as the visitor's press does. Does nothing when it runs. */
  start(): void {
    if (this.#link === undefined) this.#begin();
  }

  /**
   * Types `text` into a terminal, command by command; starts the element when it is not started. Resolves with the last exit code, or
   * `{typed: true}` where the shell does not tell one. @throws Error with a `code` of the API's registry.
   */
  run(text: string, where: { node?: string; terminal?: number } = {}): Promise<RanAnswer> {
    return this.#ask((id) => ({ type: 'run', id, text, ...where }));
  }

  /** Writes a file on a node. */
  async write(file: { path: string; content: string; node?: string }): Promise<void> {
    await this.#ask((id) => ({ type: 'write', id, ...file }));
  }

  /** Offers the visitor a port of a node, in the frame: a browser opens a tab by a press there alone. */
  openPort(where: { node: string; port: number; path?: string }): void {
    this.start();
    this.#link?.send({ type: 'open', ...where });
  }

  /** Brings a node's terminals to the front. */
  show(node: string): void {
    this.#link?.send({ type: 'show', node });
  }

  override focus(): void {
    if (this.#link === undefined) this.#root.querySelector('button')?.focus();
    else this.#link.send({ type: 'focus' });
  }

  /** Ends the session; the poster is back when the frame says so. */
  end(): void {
    this.#link?.send({ type: 'end' });
  }

  #ask(request: (id: number) => EmbedRequest): Promise<RanAnswer> {
    this.start();
    return new Promise((done, fail) => {
      if (this.#asked.size >= MAX_ASKED) {
        fail(Object.assign(new Error('Too many texts wait for the terminal.'), { code: 'RATE_LIMITED' }));
        return;
      }
      const id = this.#nextAsk;
      this.#nextAsk += 1;
      this.#asked.set(id, { done, fail });
      this.#link?.send(request(id));
    });
  }

  #whenVisible(then: () => void): void {
    this.#visible = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      this.#visible?.disconnect();
      then();
    });
    this.#visible.observe(this);
  }

  #drawPoster(text?: string, button?: string): void {
    const words = posterWords(this.lab, nodesWanted(this.getAttribute('nodes')), new URL(base).host);
    drawPoster(this.#root, { ...words, text: text ?? words.text, button: button ?? words.button }, () => this.#begin());
  }

  #address(nonce: string): string {
    const query = new URLSearchParams();
    if (site !== '') query.set('site', site);
    for (const name of ADDRESS_ATTRIBUTES) {
      const value = this.getAttribute(name);
      if (value !== null) query.set(name, value.slice(0, MAX_ATTRIBUTE));
    }
    return `${base}embed?${query}#${nonce}`;
  }

  #theme(): EmbedTheme {
    const style = getComputedStyle(this);
    const scheme = this.getAttribute('theme');
    const accent = this.getAttribute('accent') ?? style.getPropertyValue('--drydock-accent').trim();
    const radius = Number.parseFloat(this.getAttribute('radius') ?? style.getPropertyValue('--drydock-radius'));
    const fontSize = Number.parseFloat(this.getAttribute('font-size') ?? '');
    return {
      ...(scheme === 'light' || scheme === 'dark' || scheme === 'auto' ? { scheme } : {}),
      ...(/^#[0-9a-f]{6}$/i.test(accent) ? { accent } : {}),
      ...(radius >= 0 && radius <= 32 ? { radius } : {}),
      ...(fontSize >= 8 && fontSize <= 32 ? { fontSize } : {}),
    };
  }

  #begin(): void {
    const { protocol, host, hostname, origin } = new URL(base);
    // A sandbox without an origin holds for frames in it too: ours could ask its server for nothing.
    if (self.origin === 'null') {
      this.#refuse(strings.sandboxed(host));
      return;
    }
    if (location.protocol === 'https:' && protocol === 'http:' && !isLocal(hostname)) {
      this.#refuse(strings.insecure(host));
      return;
    }
    const nonce = makeNonce();
    const frame = document.createElement('iframe');
    frame.title = this.lab === null ? strings.frame : strings.labFrame;
    frame.setAttribute('sandbox', SANDBOX);
    frame.allow = ALLOW + (isLocal(hostname) ? LOCAL_ALLOW : '');
    frame.src = this.#address(nonce);
    const link = connectFrame({
      frame,
      origin,
      nonce,
      onNews: (news) => this.#onNews(news),
      onSilence: () => {
        this.#close();
        this.#refuse(isLocal(hostname) ? `${strings.away(host)} ${strings.localRefused}` : strings.away(host));
      },
    });
    this.#link = link;
    this.state = 'starting';
    link.send({ type: 'theme', theme: this.#theme() });
    this.#share(link);
    const handle = recall(this);
    link.send({ type: 'start', ...(handle === undefined ? {} : { handle }) });
    this.#root.replaceChildren(frame);
  }

  /** Elements with the same `session` work in one: the first that starts lets the others in, frame to frame; the page sees no token. */
  #share(link: FrameLink): void {
    const name = this.getAttribute('session');
    if (name === null) return;
    const giver = findSharer(name);
    joinSharers(name, link);
    if (giver === undefined) return;
    const { port1, port2 } = new MessageChannel();
    giver.send({ type: 'share', role: 'give' }, [port1]);
    link.send({ type: 'share', role: 'take' }, [port2]);
  }

  #refuse(text: string): void {
    this.state = 'refused';
    this.#drawPoster(text, strings.tryAgain);
    this.#tell('error', { code: 'HOST_UNAVAILABLE', message: text });
  }

  #onNews(news: EmbedNews): void {
    switch (news.type) {
      case 'state': {
        const { state, code, message, retryAfter, place } = news;
        this.state = state;
        if (Array.isArray(news.nodes)) this.nodes = news.nodes.map(String);
        this.#tell('state', { state, place });
        if (state === 'ready') this.#tell('ready', { nodes: this.nodes });
        if (code !== undefined) this.#tell('error', { code, message, retryAfter });
        if (state === 'ended') {
          remember(this, undefined);
          this.#tell('ended', {});
        }
        if (state === 'ended' || state === 'refused') this.#failAsked(String(code ?? 'SESSION_ENDED'));
        return;
      }
      case 'ports':
        this.ports = news.ports;
        this.#tell('port', { ports: news.ports });
        return;
      case 'step':
        this.step = news.step;
        this.#tell('step', { step: news.step, steps: news.steps });
        if (news.done) this.#tell('done', { steps: news.steps });
        return;
      case 'ran': {
        const asked = this.#asked.get(news.id);
        this.#asked.delete(news.id);
        if (news.code !== undefined) asked?.fail(Object.assign(new Error(news.code), { code: news.code }));
        else asked?.done(news.exit === undefined ? { typed: true } : { exit: news.exit });
        return;
      }
      case 'handle':
        remember(this, news.handle);
        return;
      case 'height':
        if (this.getAttribute('fit') === 'content') this.style.setProperty('--drydock-height', `${news.pixels}px`);
        return;
      // A newer frame may say what this loader does not know.
      default:
        return;
    }
  }

  #failAsked(code: string): void {
    for (const { fail } of this.#asked.values()) fail(Object.assign(new Error(code), { code }));
    this.#asked.clear();
  }

  #close(): void {
    const name = this.getAttribute('session');
    if (this.#link === undefined) return;
    if (name !== null) leaveSharers(name, this.#link);
    this.#link.close();
    this.#link = undefined;
    this.#failAsked('SESSION_ENDED');
    this.#root.replaceChildren();
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(`drydock-${name}`, { detail, bubbles: true, composed: true }));
  }
}

/** Terminals of one or several nodes. */
export class DrydockTerminal extends DrydockElement {}

/** A lab: its steps beside its terminals. */
export class DrydockLab extends DrydockElement {
  protected override get lab(): string | null {
    return this.getAttribute('src') ?? this.getAttribute('lab') ?? '';
  }
}

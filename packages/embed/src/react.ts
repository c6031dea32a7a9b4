/** `<DrydockTerminal>` and `<DrydockLab>` for React 17 and later: the elements with props, and the script that defines them, once a page. */
import { createElement, type ReactElement, type Ref, useEffect, useRef } from 'react';
import type { DrydockElement } from './element.ts';

/** What an event of an element brings (docs/embed.md). */
export interface DrydockEvents {
  onReady?(detail: { nodes: readonly string[] }): void;
  onState?(detail: { state: string; place?: number }): void;
  onStep?(detail: { step: number; steps: number }): void;
  onDone?(detail: { steps: number }): void;
  onPort?(detail: { ports: readonly { node: string; port: number }[] }): void;
  onEnded?(): void;
  onError?(detail: { code: string; message?: string; retryAfter?: number }): void;
}

export interface DrydockProps extends DrydockEvents {
  /** The installation: `https://lab.example`. */
  server: string;
  /** The site's public key. */
  site?: string;
  id?: string;
  className?: string;
  nodes?: number;
  src?: string;
  template?: string;
  stack?: string;
  image?: string;
  show?: string;
  session?: string;
  start?: 'click' | 'visible' | 'load';
  resume?: 'yes' | 'no';
  height?: string;
  theme?: 'auto' | 'light' | 'dark';
  accent?: string;
  radius?: number;
  fontSize?: number;
  chrome?: 'full' | 'bare';
  /** The element itself, for `start`, `run`, `write`, `show` and `end`. */
  elementRef?: Ref<DrydockElement>;
}

const EVENTS = {
  ready: 'onReady',
  state: 'onState',
  step: 'onStep',
  done: 'onDone',
  port: 'onPort',
  ended: 'onEnded',
  error: 'onError',
} as const satisfies Record<string, keyof DrydockEvents>;

/** Adds the script unless the page has it: effects run twice in strict mode, and several elements are on one page. */
function loadScript(server: string, site: string | undefined): void {
  const src = `${server.replace(/\/$/, '')}/embed.js`;
  if ([...document.scripts].some((script) => script.src === new URL(src, document.baseURI).href)) return;
  const script = document.createElement('script');
  script.src = src;
  script.async = true;
  if (site !== undefined) script.dataset.site = site;
  document.head.append(script);
}

function useElement({ server, site, elementRef, ...props }: DrydockProps) {
  const own = useRef<DrydockElement | null>(null);
  const latest = useRef<DrydockEvents>(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => loadScript(server, site), [server, site]);
  useEffect(() => {
    const element = own.current;
    if (element === null) return;
    const listeners = Object.entries(EVENTS).map(([name, prop]) => {
      const listener = (event: Event) => latest.current[prop]?.((event as CustomEvent).detail as never);
      element.addEventListener(`drydock-${name}`, listener);
      return () => element.removeEventListener(`drydock-${name}`, listener);
    });
    return () => {
      for (const stop of listeners) stop();
    };
  }, []);
  const ref = (element: DrydockElement | null) => {
    own.current = element;
    if (typeof elementRef === 'function') elementRef(element);
    else if (elementRef) (elementRef as { current: DrydockElement | null }).current = element;
  };
  const { className, fontSize, onReady, onState, onStep, onDone, onPort, onEnded, onError, ...attributes } = props;
  return { ref, ...attributes, class: className, 'font-size': fontSize };
}

/** Terminals of one or several nodes. */
export function DrydockTerminal(props: DrydockProps): ReactElement {
  return createElement('drydock-terminal', useElement(props));
}

/** A lab: its steps beside its terminals. */
export function DrydockLab(props: DrydockProps): ReactElement {
  return createElement('drydock-lab', useElement(props));
}

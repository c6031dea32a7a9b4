/**
 * `/katacoda/embed.js`: pages that were written for Katacoda's embed go on working, with elements of ours in the places of its frames. Styles of
 * other sites (`externalcss`), accounts (`token`, `userid`) and its editor are left out.
 */
import { codeText } from '../blocks/code-text.ts';
import type { DrydockElement } from '../element.ts';
import '../loader.ts';

const PLACE = '[data-katacoda-env], [data-katacoda-id]';
/** What it made clickable: code that names its place, and what Hugo and Rouge make of a shell fence. */
const CODE = 'code[data-katacoda-target], code[data-lang="shell"]';
/** Its frames' heights (CSS pixels): of an environment, and of a scenario. */
const ENV_HEIGHT = 200;
const SCENARIO_HEIGHT = 250;
/** Environments of several hosts, by their names. */
const SEVERAL_HOSTS = /swarm|cluster|[2-9]-?nodes?/;
/** What runs in the background has a terminal of its own. */
const BACKGROUND_TERMINAL = 2;
const PANEL_ID = 'katacoda-panel-container';

const places = new Map<Element, DrydockElement>();
let panel: DrydockElement | undefined;

/** `user/scenario`, or `user/courses/course/scenario` without its second word. */
const labOf = (id: string) => id.replace(/^([^/]+)\/courses\//, '$1/');

function makeElement(place: Element): DrydockElement {
  const id = place.getAttribute('data-katacoda-id');
  const env = place.getAttribute('data-katacoda-env') ?? '';
  const made = document.createElement(id === null ? 'drydock-terminal' : 'drydock-lab') as DrydockElement;
  if (id !== null) made.setAttribute('lab', labOf(id));
  else made.setAttribute('nodes', SEVERAL_HOSTS.test(env) ? '2' : '1');
  const height = id === null ? ENV_HEIGHT : SCENARIO_HEIGHT;
  made.setAttribute('height', `${Math.max(place.clientHeight, height)}px`);
  const color = place.getAttribute('data-katacoda-color') ?? '';
  if (color !== '') made.setAttribute('accent', color.startsWith('#') ? color : `#${color}`);
  return made;
}

/** One at the bottom of the window for the whole page. Set by properties: a policy may forbid styles in the page's text. */
function makePanel(place: Element): void {
  panel = makeElement(place);
  panel.setAttribute('height', '100%');
  const holder = document.createElement('div');
  holder.id = PANEL_ID;
  const style = { position: 'fixed', inset: 'auto 0 0 0', height: '40%', minHeight: '200px', zIndex: '1000' };
  Object.assign(holder.style, style);
  holder.append(panel);
  document.body.append(holder);
}

/** Fills every place of the page that has none yet; again harmless. */
function init(): void {
  for (const place of document.querySelectorAll(PLACE)) {
    if (places.has(place)) continue;
    if (place.getAttribute('data-katacoda-ui') === 'panel') {
      if (panel === undefined) makePanel(place);
      if (panel !== undefined) places.set(place, panel);
      continue;
    }
    const made = makeElement(place);
    places.set(place, made);
    place.replaceChildren(made);
  }
}

/** The element that a text goes to: the one in the place of that id, else the panel, else the first. */
function targetOf(id: string | null | undefined): DrydockElement | undefined {
  const named = id ? document.getElementById(id) : null;
  return (named === null ? undefined : places.get(named)) ?? panel ?? [...places.values()][0];
}

function write(text: string, terminal?: number, id?: string | null): void {
  const where = terminal === undefined ? {} : { terminal };
  // Its pages know of no failure; the frame says it.
  targetOf(id)
    ?.run(text, where)
    .catch(() => undefined);
}

function onClick({ target, isTrusted }: MouseEvent): void {
  const code = target instanceof Element ? target.closest(CODE) : null;
  if (code === null || !isTrusted) return;
  write(codeText(code), undefined, code.getAttribute('data-katacoda-target'));
}

function begin(): void {
  if (document.querySelector('[data-katacoda-ondemand]') === null) init();
}

// Twice on one page does no harm.
if (!('katacoda' in window)) {
  Object.assign(window, {
    katacoda: {
      init,
      write: (text: unknown) => write(String(text)),
      runInForeground: (text: unknown) => write(String(text)),
      runInBackground: (text: unknown) => write(String(text), BACKGROUND_TERMINAL),
      logout: () => {
        for (const element of places.values()) element.end();
      },
      nonce: '',
    },
  });
  document.addEventListener('click', onClick);
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}

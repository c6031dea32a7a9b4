/** What an element shows before anything of it is loaded: what will start, where, and a button. Costs no request. */
import { strings } from './strings.ts';

/** No inline style: a page's policy may forbid it, constructed sheets it may not. */
const CSS = `
:host { display: block; box-sizing: border-box; block-size: var(--drydock-height, 24rem); contain: layout; color-scheme: light dark; }
:host([hidden]) { display: none; }
.poster { box-sizing: border-box; block-size: 100%; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: .75rem; padding: 1rem; text-align: center;
  font: 1rem/1.4 system-ui, sans-serif; color: #e8eef2; background: #10212b; border: 1px solid #3d5a68; border-radius: var(--drydock-radius, 8px); }
.poster p { margin: 0; max-inline-size: 40rem; overflow-wrap: anywhere; }
.title { font-weight: 600; font-size: 1.125rem; }
button { font: inherit; font-weight: 600; min-inline-size: 8rem; min-block-size: 2.75rem; padding: .25rem 1.25rem; cursor: pointer; color: #10212b; background: #ffd166; border: 2px solid #ffd166; border-radius: 6px; }
button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; border-radius: var(--drydock-radius, 8px); }
@media print { :host { display: none; } }
`;

let sheet: CSSStyleSheet | undefined;

export function adoptSheet(root: ShadowRoot): void {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  root.adoptedStyleSheets = [sheet];
}

function paragraph(text: string, name = ''): HTMLElement {
  const made = document.createElement('p');
  made.textContent = text;
  made.className = name;
  return made;
}

export interface PosterWords {
  title: string;
  text: string;
  button: string;
}

/** Draws it in place of what is there. `onPress` is a visitor's own press, never a script's. */
export function drawPoster(root: ShadowRoot, { title, text, button }: PosterWords, onPress: () => void): void {
  const press = document.createElement('button');
  press.type = 'button';
  press.textContent = button;
  press.addEventListener('click', (event) => {
    if (event.isTrusted) onPress();
  });
  const poster = document.createElement('div');
  poster.className = 'poster';
  poster.append(paragraph(title, 'title'), paragraph(text), press);
  root.replaceChildren(poster);
}

/** What a poster of an element with these attributes says. */
export function posterWords(lab: string | null, nodes: number, host: string): PosterWords {
  return {
    title: lab === null ? strings.what(nodes) : strings.lab,
    text: `${lab === null ? '' : `${lab}, `}${strings.where(host)}`,
    button: strings.start,
  };
}

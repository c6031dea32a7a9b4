/** The places that a page written for Play with Docker names for its terminals, and what stands in them now. */
import type { DrydockElement } from '../element.ts';

/** A place as the page gives it: the n-th of the list is the n-th node, whatever its selector says. */
export interface Term {
  selector: string;
  name?: string;
  ImageName?: string;
}

/** What a page finds in `instance.terms`: a real element in the page's own, whose classes it may read. */
export interface TermHandle {
  element: DrydockElement;
  /** Wrote into the old terminal's picture; ours shows what the node says and nothing else. */
  write(text?: unknown): void;
  focus(): void;
}

/** A node as old pages know it. Addresses of nodes are not told to pages: they are empty. */
export interface Instance {
  name: string;
  hostname: string;
  ip: string;
  proxy_host: string;
  terms: TermHandle[];
}

/** All elements of one page share one session by this name. */
const SESSION = 'pwd';
/** In a place without a height of its own (CSS pixels). */
const USUAL_HEIGHT = 320;
const LEAST_HEIGHT = 120;

/** What the standard node is: old pages name it in several ways. */
const STANDARD_IMAGES = ['', 'franela/dind', 'docker'];
const STANDARD_TAG = /^docker:[\w.-]*$/;

export const nodeOf = (index: number): string => `node${index + 1}`;

function matches(selector: string): Element[] {
  try {
    return [...document.querySelectorAll(selector)];
  } catch {
    // No selector: nothing of the page is meant.
    return [];
  }
}

/** Fills the places of one term with elements; those that are filled stay as they are. */
export function fillPlaces({ selector }: Term, index: number, nodes: number): DrydockElement[] {
  return matches(selector).map((place) => {
    const there = place.querySelector<DrydockElement>(':scope > drydock-terminal');
    if (there !== null) return there;
    const made = document.createElement('drydock-terminal') as DrydockElement;
    const given = { session: SESSION, nodes: String(nodes), show: nodeOf(index), chrome: 'bare' };
    for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
    const height = place.clientHeight >= LEAST_HEIGHT ? '100%' : `${USUAL_HEIGHT}px`;
    made.setAttribute('height', height);
    place.append(made);
    return made;
  });
}

/** The image of a node that this place does not have, if the page asks for one; it goes on with the standard node. */
export function foreignImage(term: Term, usual: string): string | undefined {
  const image = term.ImageName ?? usual;
  const isStandard = STANDARD_IMAGES.includes(image) || (STANDARD_TAG.test(image) && image.includes('dind'));
  return isStandard ? undefined : image;
}

export const placesOf = (term: Term): Element[] => matches(term.selector);

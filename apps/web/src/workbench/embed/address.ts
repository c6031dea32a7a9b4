/** What a page of another site wants its frame to show: the query of the frame's address. Whoever wrote it may be hostile. */
import { stackCommand, wantedStack } from '../start/stack-link.ts';

/** Nodes that a page may ask for; what its key allows is the server's to say. */
const MAX_NODES = 5;
/** Longest value that means anything (characters). */
const MAX_VALUE = 300;
/** What docker takes as an image's name, with its registry and tag. */
const IMAGE = /^[a-z0-9][\w.:/@-]{0,254}$/i;
const NODE = /^[a-z][a-z0-9-]{0,31}$/;

export interface EmbedWish {
  /** The site's public key; null where the page has none. */
  site: string | null;
  nodes: number;
  lab: string | null;
  template: string | null;
  /** The node whose terminal is in front at first. */
  show: string | null;
  /** What the visitor may have typed first: a stack or an image that the page names. */
  command: string | null;
  /** Whether a reload goes on with the session. */
  resume: boolean;
  /** Without the bar where one terminal is all there is. */
  bare: boolean;
}

function commandOf(query: URLSearchParams): string | null {
  const stack = wantedStack(`?stack=${encodeURIComponent(query.get('stack') ?? '')}`);
  if (stack.kind === 'stack') return stackCommand(stack.stack);
  const image = query.get('image');
  return image !== null && IMAGE.test(image) ? `docker run -it --rm ${image}` : null;
}

/** Reads it; what is strange is left out. */
export function readEmbedWish(search: string): EmbedWish {
  const query = new URLSearchParams(search);
  const value = (name: string) => {
    const given = query.get(name);
    return given === null || given === '' || given.length > MAX_VALUE ? null : given;
  };
  const nodes = Number.parseInt(query.get('nodes') ?? '', 10);
  const show = value('show');
  return {
    site: value('site'),
    nodes: Number.isFinite(nodes) ? Math.min(Math.max(nodes, 1), MAX_NODES) : 1,
    lab: value('src') ?? value('lab'),
    template: value('template'),
    show: show !== null && NODE.test(show) ? show : null,
    command: commandOf(query),
    resume: query.get('resume') !== 'no',
    bare: query.get('chrome') === 'bare',
  };
}

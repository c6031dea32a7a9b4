/** What a node is told about an image that cannot be had without the internet. */
import { z } from 'zod';
import { nearestName } from './nearest-name.ts';
import type { RegistryClient } from './registry-client.ts';
import type { RegistryRequest } from './registry-path.ts';

const catalogSchema = z.object({ repositories: z.array(z.string()) });
const tagsSchema = z.object({ tags: z.array(z.string()) });

/** A status line stays readable in a terminal. */
const MAX_SENTENCE = 600;

/**
 * Docker asks Docker Hub itself when its mirror fails, whatever the failure, and what it says then is a DNS error. It stops only at an error
 * whose text holds the words "no such process" (`continueOnError` in moby's distribution/errors.go, from 2016 to today): so every sentence
 * ends with them. Of a 5xx answer Docker shows nothing but the status line, so that is where the sentence goes
 * (`UnexpectedHTTPStatusError` in distribution's client).
 */
const STOPS_DOCKER = '(no such process)';

/** When not even the library can be asked. */
export const LIBRARY_SILENT = `The image library of this Drydock does not answer just now; try again in a moment ${STOPS_DOCKER}`;

/** 502: behind this registry there is another one, and it cannot be reached. */
export const REFUSAL_STATUS = 502;

/**
 * One sentence of plain ASCII, MAX_SENTENCE letters at most. A tag that is missing begins as docker's users know it ("manifest for nginx:3 not
 * found"), and tells the tags there are; an image that is missing tells the nearest one, and all.
 */
export async function refusalSentence(library: RegistryClient, request: RegistryRequest): Promise<string> {
  const wanted = 'repository' in request ? familiarName(request.repository) : '';
  const reference = request.kind === 'manifest' ? request.reference : '';
  const image = `${wanted}${reference === '' ? '' : reference.includes(':') ? `@${reference}` : `:${reference}`}`;
  const tags = 'repository' in request ? await library.json(`/v2/${request.repository}/tags/list`) : undefined;
  const known = tagsSchema.safeParse(tags);
  if (known.success) {
    const head = `manifest for ${image} not found: manifest unknown. This Drydock is offline. Included tags of ${wanted}:`;
    return sentence(head, known.data.tags);
  }
  const catalog = catalogSchema.safeParse(await library.json('/v2/_catalog?n=100'));
  const names = catalog.success ? catalog.data.repositories.map(familiarName).sort() : [];
  const nearest = nearestName(wanted, names);
  const hint = nearest === undefined ? '' : ` Nearest: ${nearest}.`;
  return sentence(`This Drydock is offline and does not include "${image}".${hint} Included:`, names);
}

const familiarName = (repository: string) => repository.replace(/^library\//, '');

/** Names that no longer fit become an ellipsis. */
function sentence(head: string, names: readonly string[]): string {
  // Anything else would be refused by Node.js as a header, or read as one by somebody.
  const plain = head.replace(/[^\x20-\x7e]/g, '?');
  const room = MAX_SENTENCE - STOPS_DOCKER.length - ', ... '.length;
  let text = plain.slice(0, room);
  for (const [at, name] of names.entries()) {
    const next = `${text}${at === 0 ? ' ' : ', '}${name.replace(/[^\x20-\x7e]/g, '?')}`;
    if (next.length > room) return `${text}, ... ${STOPS_DOCKER}`;
    text = next;
  }
  return `${text} ${STOPS_DOCKER}`;
}

/** What a node is told about an image that cannot be had without the internet. */
import { z } from 'zod';
import type { RegistryClient } from './registry-client.ts';
import type { RegistryRequest } from './registry-path.ts';

const catalogSchema = z.object({ repositories: z.array(z.string()) });
const tagsSchema = z.object({ tags: z.array(z.string()) });

/** A status line stays readable in a terminal. */
const MAX_SENTENCE = 600;

/**
 * Docker asks Docker Hub itself when its mirror fails, whatever the failure, and what it says then is a DNS error. It stops only at an error
 * whose text holds the words "no such process" (`continueOnError` in moby's distribution/errors.go, from 2016 to today): so the sentence holds them.
 * Of a 5xx answer Docker shows nothing but the status line, so that is where the sentence goes (`UnexpectedHTTPStatusError` in distribution's client).
 */
const STOPS_DOCKER = 'offline there is no such process as a pull from elsewhere';

/** When not even the library can be asked. */
export const LIBRARY_SILENT =
  'The image library of this Drydock does not answer just now (no such process behind the mirror); try again in a moment.';

/** 502: behind this registry there is another one, and it cannot be reached. */
export const REFUSAL_STATUS = 502;

/** One sentence of plain ASCII; names what is missing and what there is instead. */
export async function refusalSentence(library: RegistryClient, request: RegistryRequest): Promise<string> {
  const wanted = 'repository' in request ? request.repository.replace(/^library\//, '') : '';
  const reference = request.kind === 'manifest' ? request.reference : '';
  const image = `"${wanted}${reference === '' ? '' : reference.includes(':') ? `@${reference}` : `:${reference}`}"`;
  const tags = 'repository' in request ? await library.json(`/v2/${request.repository}/tags/list`) : undefined;
  const known = tagsSchema.safeParse(tags);
  const offer = known.success ? `Of ${wanted} it has ${known.data.tags.join(', ')}.` : await repositories(library);
  const sentence = `This Drydock has no internet and its image library lacks ${image}; ${STOPS_DOCKER}. ${offer}`;
  // Anything else would be refused by Node.js as a header, or read as one by somebody.
  return sentence
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, MAX_SENTENCE)
    .trimEnd();
}

async function repositories(library: RegistryClient): Promise<string> {
  const catalog = catalogSchema.safeParse(await library.json('/v2/_catalog?n=100'));
  if (!catalog.success) return '';
  const names = catalog.data.repositories.map((name) => name.replace(/^library\//, '')).sort();
  return `It has ${names.join(', ')}.`;
}

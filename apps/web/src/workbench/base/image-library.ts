/** What nodes can pull without the internet, read from the server's status; checked by hand, as on the start page. */
import type { Reader } from '@drydock/client/http';
import type { LibraryImage } from '@drydock/protocol';
import { callApi } from './api.ts';

function readImage(value: unknown): LibraryImage {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an image');
  const { repository, tags, description, sizeBytes } = value as Record<string, unknown>;
  if (typeof repository !== 'string' || typeof sizeBytes !== 'number' || !Array.isArray(tags))
    throw new TypeError('image');
  return { repository, tags: tags.map(String), description: String(description ?? ''), sizeBytes };
}

const readLibrary: Reader<LibraryImage[]> = {
  parse(value) {
    const library = (value as { library?: unknown } | null)?.library;
    if (!Array.isArray(library)) throw new TypeError('no library');
    return library.map(readImage);
  },
};

/** The library's images in the order of the catalogue. @throws ApiError when the server cannot be reached. */
export function fetchLibrary(signal: AbortSignal): Promise<LibraryImage[]> {
  return callApi('GET', '/status', { read: readLibrary, signal });
}

/** What is typed after `docker pull`: Docker's own images go without their folder, and without the tag that it adds. */
export function pullName(repository: string, tag: string): string {
  const name = repository.replace(/^library\//, '');
  return tag === 'latest' ? name : `${name}:${tag}`;
}

/** The tag to show first: `latest` where there is one. */
export function mainTag(tags: readonly string[]): string {
  return tags.includes('latest') ? 'latest' : (tags[0] ?? 'latest');
}

/** The images whose name, description or tags have every word of the search; names first. All of them when nothing is searched for. */
export function findImages(images: readonly LibraryImage[], search: string): LibraryImage[] {
  const words = search
    .toLowerCase()
    .split(/[\s:]+/)
    .filter(Boolean);
  const found = images.filter(({ repository, tags, description }) => {
    const text = [repository, ...tags, description].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const isNamed = ({ repository }: LibraryImage) => words.some((word) => repository.includes(word));
  return [...found.filter(isNamed), ...found.filter((image) => !isNamed(image))];
}

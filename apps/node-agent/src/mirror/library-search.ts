/** `docker search`, answered from the library's list by the search protocol of version 1 registries, the only one that Docker has. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const librarySchema = z.object({ images: z.array(z.object({ repository: z.string(), description: z.string() })) });

/** What Docker itself asks for when nobody says how many, and the most that it takes. */
const DEFAULT_RESULTS = 25;
const MAX_RESULTS = 100;

/** The document that Docker reads (`SearchResults` of moby's registry types). */
export interface SearchAnswer {
  query: string;
  num_results: number;
  results: { name: string; description: string; star_count: number; is_official: boolean; is_automated: boolean }[];
}

/** Images of the list at `file` whose name or description has the term; an unreadable list is an empty one. Best first: names, then descriptions. */
export async function searchLibrary(file: string, term: string, limit = DEFAULT_RESULTS): Promise<SearchAnswer> {
  const text = await readFile(file, 'utf8').catch(() => '{"images":[]}');
  const known = librarySchema.safeParse(JSON.parse(text));
  const wanted = term.toLowerCase().replace(/^library\//, '');
  const ranked = (known.data?.images ?? []).flatMap((image) => {
    const byName = image.repository.includes(wanted);
    return byName || image.description.toLowerCase().includes(wanted) ? [{ image, rank: byName ? 0 : 1 }] : [];
  });
  ranked.sort((left, right) => left.rank - right.rank);
  const results = ranked.slice(0, Math.max(1, Math.min(limit, MAX_RESULTS))).map(({ image }) => ({
    name: image.repository,
    description: image.description,
    star_count: 0,
    // What the word says to Docker's users, an image of Docker's own, none of these is.
    is_official: false,
    is_automated: false,
  }));
  return { query: term, num_results: results.length, results };
}

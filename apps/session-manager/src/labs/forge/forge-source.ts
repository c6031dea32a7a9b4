/** Labs by address: fetched when somebody asks, at most so many at a time, and remembered for a while. */
import { DrydockError } from '@drydock/protocol';
import type { Clock } from '@drydock/service-kit';
import type { ForeignSource } from '../lab-book.ts';
import type { LabBundle } from '../lab-bundle.ts';
import { filesOfArchive } from './archive.ts';
import { archiveUrl, type ForgeAddress, type Forges, parseForgeAddress } from './forge-address.ts';
import { type DownloadDeps, downloadArchive } from './forge-download.ts';

/** How long an answer, a refusal too, is given again without asking (ms): a page that is loaded anew fetches nothing. */
const FRESH_MS = 60_000;
/** Archives that are fetched at a time (25 MiB each). */
const MAX_AT_ONCE = 2;
/** Answers that are remembered. */
const MAX_KEPT = 20;
/** Names of a lab's own file, the first that is there counts. */
const ENTRIES = ['lab.md', 'README.md', 'index.md'];

/** Builds the source. */
export function createForgeSource(deps: {
  forges: Forges;
  clock: Clock;
  download?: Omit<DownloadDeps, 'hosts'>;
}): ForeignSource {
  const { forges, clock, download = {} } = deps;
  const hosts = new Set([...forges.values()].map((template) => new URL(template).host));
  const known = new Map<string, { at: number; answer: Promise<LabBundle> }>();
  let underWay = 0;

  async function fetchNow(id: string, address: ForgeAddress): Promise<LabBundle> {
    const template = forges.get(address.forge);
    if (template === undefined) throw new DrydockError('LAB_SOURCE_REFUSED');
    if (underWay >= MAX_AT_ONCE)
      throw new DrydockError('RATE_LIMITED', 'Other labs are being fetched. Try again in a moment.', {
        retryAfterMs: 2_000,
      });
    underWay += 1;
    try {
      const archive = await downloadArchive(archiveUrl(template, address), { ...download, hosts });
      return bundleOf(id, address.path, archive);
    } finally {
      underWay -= 1;
    }
  }

  return {
    takes: (id) => parseForgeAddress(id) !== undefined,
    fetch(id) {
      const address = parseForgeAddress(id);
      if (address === undefined) return Promise.reject(new DrydockError('UNKNOWN_LAB'));
      const before = known.get(id);
      if (before !== undefined && clock.now() - before.at < FRESH_MS) return before.answer;
      const answer = fetchNow(id, address);
      known.delete(id);
      known.set(id, { at: clock.now(), answer });
      const [oldest] = known.keys();
      if (known.size > MAX_KEPT && oldest !== undefined) known.delete(oldest);
      answer.catch((error: unknown) => {
        // Too busy is no answer.
        if ((error as { code?: string }).code === 'RATE_LIMITED') known.delete(id);
      });
      return answer;
    },
  };
}

/** A folder's lab, or a Markdown file with what lies beside it. */
async function bundleOf(id: string, path: string, archive: Buffer): Promise<LabBundle> {
  const isFile = /\.(?:md|markdown)$/i.test(path);
  const slash = path.lastIndexOf('/');
  const folder = isFile ? path.slice(0, Math.max(0, slash)) : path;
  const files = await filesOfArchive(archive, folder);
  const entry = isFile ? path.slice(slash + 1) : ENTRIES.find((name) => files.has(name));
  if (entry === undefined || !files.has(entry))
    throw new DrydockError('UNKNOWN_LAB', 'There is no lab at that place of the repository.');
  return { id, entry, files };
}

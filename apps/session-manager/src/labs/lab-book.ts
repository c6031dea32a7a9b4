/** The labs that this place offers, and every version that a session goes by. */
import { createHash } from 'node:crypto';
import type { Finding, Lab } from '@drydock/lab';
import { DrydockError } from '@drydock/protocol';
import type { Timer } from '@drydock/service-kit';
import type { Tools } from '../model/tools.ts';
import type { LabStore } from '../store/labs/lab-store.ts';
import { type FolderLab, folderStamp, readFolderLabs } from './folder-source.ts';
import { type BundleFile, compileBundle, type LabBundle, packBundle, shownFiles, unpackBundle } from './lab-bundle.ts';
import { maskVersion } from './lab-mask.ts';

export type LabOrigin = 'built-in' | 'operator' | 'elsewhere';

/** A compiled lab with its files. */
export interface BookLab {
  readonly id: string;
  readonly lab: Lab;
  readonly bundle: LabBundle;
  readonly origin: LabOrigin;
  readonly course?: FolderLab['course'];
}

/** A lab of a folder that cannot be used, with every reason. */
interface BrokenLab {
  readonly id: string;
  readonly findings: readonly Finding[];
}

export interface LabBook {
  /** Reads the folders; and again, whenever something in the operator's folder may have changed. */
  start(): Promise<void>;
  /** In the order in which they are offered: the operator's first. */
  all(): readonly BookLab[];
  /** The newest version of a lab. @throws DrydockError UNKNOWN_LAB, LAB_INVALID, LAB_SOURCE_REFUSED, LAB_SOURCE_FAILED. */
  find(id: string): Promise<BookLab>;
  /** The newest version that is known without asking anybody. */
  newest(id: string): BookLab | undefined;
  /** A version that was kept, or is on offer. */
  version(id: string, digest: string): Promise<BookLab | undefined>;
  /** The same, of what is in memory: for what must not wait. */
  known(digest: string): BookLab | undefined;
  /** A file of a version by its masked name, of what is in memory: one that the lab's readers are shown (lab-bundle.ts). */
  asset(version: string, path: string): BundleFile | undefined;
  /** Keeps this version for a session that begins or goes on with it. @throws DrydockError STORE_UNAVAILABLE, LAB_INVALID. */
  keep(lab: BookLab): Promise<void>;
  stop(): void;
}

/** A source of labs by address. */
export interface ForeignSource {
  /** Whether an id is one of its addresses. */
  takes(id: string): boolean;
  /** @throws DrydockError LAB_SOURCE_REFUSED, LAB_SOURCE_FAILED, UNKNOWN_LAB, LAB_INVALID. */
  fetch(id: string): Promise<LabBundle>;
}

/** Between two looks at the operator's folder (ms): an author who saves sees it with the next click. */
const RELOAD_MS = 2_000;
/** Versions in memory that are not on offer any more (compiled labs of some 100 KB each). */
const MAX_KEPT = 50;
/** Findings that an error carries: what a screen shows. */
const MAX_TOLD = 50;

export interface LabBookDeps {
  folders: { builtInDir: string | undefined; operatorDir: string | undefined };
  foreign: ForeignSource | undefined;
  maxNodes: number;
  store: LabStore;
  secret: string;
  tools: Tools;
}

/** Builds an empty book. */
export function createLabBook(deps: LabBookDeps): LabBook {
  const { foreign, maxNodes, store, secret } = deps;
  const { builtInDir, operatorDir } = deps.folders;
  const { clock, logger } = deps.tools;
  let offered: readonly BookLab[] = [];
  let broken: readonly BrokenLab[] = [];
  const byDigest = new Map<string, BookLab>();
  const foreignNewest = new Map<string, BookLab>();
  /** What a folder's lab was compiled from, so that a look that finds nothing new costs no compiling. */
  const compiledFrom = new Map<string, BookLab | BrokenLab>();
  let told = '';
  let stamp: string | undefined;
  let timer: Timer | undefined;
  let stopped = false;

  function remember(lab: BookLab): BookLab {
    byDigest.delete(lab.lab.digest);
    byDigest.set(lab.lab.digest, lab);
    for (const [digest, known] of byDigest) {
      if (byDigest.size <= MAX_KEPT + offered.length) break;
      if (!offered.includes(known)) byDigest.delete(digest);
    }
    return lab;
  }

  /** @throws DrydockError LAB_INVALID with all findings. */
  function compiled(bundle: LabBundle, origin: LabOrigin, course?: FolderLab['course']): BookLab {
    const { lab, findings } = compileBundle(bundle, maxNodes);
    if (lab === null) throw invalid(findings);
    return { id: bundle.id, lab, bundle, origin, ...(course === undefined ? {} : { course }) };
  }

  async function readFolder(
    folder: string | undefined,
    origin: LabOrigin,
  ): Promise<{ good: BookLab[]; bad: BrokenLab[]; problems: string[] }> {
    if (folder === undefined) return { good: [], bad: [], problems: [] };
    const { labs, problems } = await readFolderLabs(folder);
    const made = labs.map(({ bundle, course }) => {
      const key = `${origin} ${JSON.stringify(course ?? null)} ${fingerprint(bundle)}`;
      const known = compiledFrom.get(key);
      if (known !== undefined) return known;
      const { lab, findings } = compileBundle(bundle, maxNodes);
      const fresh: BookLab | BrokenLab =
        lab === null
          ? { id: bundle.id, findings }
          : { id: bundle.id, lab, bundle, origin, ...(course === undefined ? {} : { course }) };
      compiledFrom.set(key, fresh);
      return fresh;
    });
    const good = made.filter((one): one is BookLab => 'lab' in one);
    const bad = made.filter((one): one is BrokenLab => !('lab' in one));
    return { good, bad, problems };
  }

  async function reload(): Promise<void> {
    const parts = [await readFolder(operatorDir, 'operator'), await readFolder(builtInDir, 'built-in')];
    const good = parts.flatMap((part) => part.good);
    const ids = new Set<string>();
    // The operator's lab of an id takes the place of ours.
    offered = good.filter(({ id }) => !ids.has(id) && ids.add(id));
    broken = parts.flatMap(({ bad }) => bad).filter(({ id }) => !ids.has(id));
    for (const lab of offered) remember(lab);
    const inUse = new Set<unknown>(parts.flatMap((part) => [...part.good, ...part.bad]));
    for (const [key, lab] of compiledFrom) if (!inUse.has(lab)) compiledFrom.delete(key);
    const problems = [
      ...parts.flatMap((part) => part.problems),
      ...broken.flatMap(({ id, findings }) =>
        findings.filter(({ severity }) => severity === 'error').map((one) => `${id}: ${sentence(one)}`),
      ),
    ];
    const text = problems.join('\n');
    if (text !== told && problems.length > 0)
      logger.warn({ problems: problems.slice(0, MAX_TOLD) }, 'labs with mistakes');
    told = text;
  }

  async function look(): Promise<void> {
    // The built-in folder is the release's own: it changes with it.
    const now = operatorDir === undefined ? 'none' : await folderStamp(operatorDir);
    if (now === stamp) return;
    await reload();
    stamp = now;
  }

  async function run(): Promise<void> {
    await look().catch((error: unknown) => logger.warn({ err: error }, 'labs could not be read'));
    if (!stopped && operatorDir !== undefined) timer = clock.after(RELOAD_MS, () => void run());
  }

  return {
    start: run,
    all: () => offered,
    newest: (id) => offered.find((lab) => lab.id === id) ?? foreignNewest.get(id),
    known: (digest) => byDigest.get(digest),
    asset(version, path) {
      for (const { lab, bundle } of byDigest.values())
        if (maskVersion(secret, lab.digest) === version)
          return shownFiles(lab, bundle.entry).has(path) ? bundle.files.get(path) : undefined;
      return undefined;
    },
    async find(id) {
      const known = offered.find((lab) => lab.id === id);
      if (known !== undefined) return known;
      const bad = broken.find((lab) => lab.id === id);
      if (bad !== undefined) throw invalid(bad.findings);
      if (foreign?.takes(id) !== true) throw new DrydockError('UNKNOWN_LAB');
      const lab = remember(compiled(await foreign.fetch(id), 'elsewhere'));
      foreignNewest.delete(id);
      foreignNewest.set(id, lab);
      const [oldest] = foreignNewest.keys();
      if (foreignNewest.size > MAX_KEPT && oldest !== undefined) foreignNewest.delete(oldest);
      return lab;
    },
    async version(id, digest) {
      const known = byDigest.get(digest);
      if (known !== undefined) return known;
      const packed = await store.files(digest);
      const bundle = packed === undefined ? undefined : await unpackBundle(packed);
      if (bundle === undefined) return undefined;
      const origin = offered.find((lab) => lab.id === id)?.origin ?? 'elsewhere';
      return remember(compiled(bundle, origin));
    },
    async keep(lab) {
      await store.putFiles(lab.lab.digest, await packBundle(lab.bundle));
      remember(lab);
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}

/** Tells contents apart without compiling. */
function fingerprint({ id, entry, files }: LabBundle): string {
  const hash = createHash('sha256');
  for (const [path, { bytes, executable }] of files) {
    hash.update(JSON.stringify([path, bytes.length, executable === true])).update(bytes);
  }
  return `${id} ${entry} ${hash.digest('base64url')}`;
}

function sentence({ file, line, column, message }: Finding): string {
  return `${file}:${line}:${column}: ${message}`;
}

function invalid(findings: readonly Finding[]): DrydockError {
  const errors = findings.filter(({ severity }) => severity === 'error');
  return new DrydockError('LAB_INVALID', errors[0] === undefined ? undefined : sentence(errors[0]), {
    findings: errors
      .slice(0, MAX_TOLD)
      .map(({ code, message, file, line, column }) => ({ code, message, file, line, column })),
  });
}

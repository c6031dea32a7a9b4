/** The files of one lab with their bytes: what a source gives, what is compiled, and what sessions go by. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type Compiled, compileLab, type Lab, labFileOf, MAX_LAB_BYTES, readerView } from '@drydock/lab';
import { DrydockError } from '@drydock/protocol';
import { z } from 'zod';

export interface BundleFile {
  readonly bytes: Buffer;
  readonly executable?: true;
}

export interface LabBundle {
  /** The id in the catalogue. */
  readonly id: string;
  /** Path of the lab's Markdown file. */
  readonly entry: string;
  readonly files: ReadonlyMap<string, BundleFile>;
}

/** A packed bundle (bytes): what the store keeps for each version that a session goes by. */
const MAX_PACKED = 8 * 1024 * 1024;
/** Base64 of MAX_LAB_BYTES and the names. */
const MAX_UNPACKED = MAX_LAB_BYTES * 2;

const packedSchema = z.object({
  id: z.string(),
  entry: z.string(),
  files: z.array(z.tuple([z.string(), z.string(), z.boolean()])),
});

/** Compiles a bundle. */
export function compileBundle({ id, entry, files }: LabBundle, maxNodes: number): Compiled {
  return compileLab({
    id,
    entry,
    files: new Map([...files].map(([path, file]) => [path, labFileOf(file.bytes, file.executable === true)])),
    maxNodes,
  });
}

/** One buffer for the store. @throws DrydockError LAB_INVALID where it is too large for that. */
export async function packBundle({ id, entry, files }: LabBundle): Promise<Buffer> {
  const plain = {
    id,
    entry,
    files: [...files].map(([path, { bytes, executable }]) => [path, bytes.toString('base64'), executable === true]),
  };
  const packed = await promisify(gzip)(JSON.stringify(plain));
  if (packed.length > MAX_PACKED) {
    throw new DrydockError(
      'LAB_INVALID',
      `The lab's files are larger than ${MAX_PACKED / 1024 / 1024} MiB, compressed.`,
    );
  }
  return packed;
}

/** A bundle that the store has kept; undefined for what is none. */
export async function unpackBundle(packed: Buffer): Promise<LabBundle | undefined> {
  const text = await promisify(gunzip)(packed, { maxOutputLength: MAX_UNPACKED }).catch(() => undefined);
  const { data } = packedSchema.safeParse(text === undefined ? undefined : JSON.parse(text.toString('utf8')));
  if (data === undefined) return undefined;
  const files = data.files.map(([path, bytes, executable]): [string, BundleFile] => [
    path,
    { bytes: Buffer.from(bytes, 'base64'), ...(executable ? { executable } : {}) },
  ]);
  return { id: data.id, entry: data.entry, files: new Map(files) };
}

const shownOf = new WeakMap<Lab, ReadonlySet<string>>();

/**
 * The paths of what a lab's readers are shown or led to: pictures and links of its text. All else that lies beside it is not for them: its own
 * source, `entry`, has the answers, the hidden scripts and the explanations.
 */
export function shownFiles(lab: Lab, entry: string): ReadonlySet<string> {
  const known = shownOf.get(lab);
  if (known !== undefined) return known;
  const { image, intro, steps, finish } = readerView(lab);
  const shown = new Set([image ?? '']);
  // As deep as the compiler lets a text be.
  function look(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const { type, kind, url, src } = value as Record<string, unknown>;
    const path = type === 'link' || type === 'image' ? url : kind === 'image' ? src : undefined;
    if (typeof path === 'string') shown.add(path.split('#', 1)[0] ?? '');
    for (const inner of Object.values(value)) look(inner);
  }
  look([intro, steps, finish]);
  shown.delete(entry);
  shownOf.set(lab, shown);
  return shown;
}

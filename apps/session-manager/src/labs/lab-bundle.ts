/** The files of one lab with their bytes: what a source gives, what is compiled, and what sessions go by. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type Compiled, compileLab, labFileOf, MAX_LAB_BYTES } from '@drydock/lab';
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

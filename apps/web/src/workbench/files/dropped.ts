/** What was dropped on the page, or chosen in a dialog, as things to upload: folders are walked to their leaves. */
import type { UploadItem } from './transfers.ts';

/** Files of one drop: each is a request of its own, and a tree of tens of thousands is better packed first. */
export const MAX_DROPPED_FILES = 2000;

/** More was dropped than one upload takes. */
export class TooManyFilesError extends Error {}

/** Whether a drag carries files from outside (and not a row of our own tree). */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** A name without halves of characters (some systems allow them), which no path in UTF-8 can hold. */
const wellFormed = (name: string) => new TextDecoder().decode(new TextEncoder().encode(name));

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** All entries of a folder; the browser gives a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
    if (all.length > MAX_DROPPED_FILES) throw new TooManyFilesError();
  }
}

async function walk(top: FileSystemDirectoryEntry): Promise<UploadItem> {
  const files: { path: string; blob: Blob }[] = [];
  const folders: string[] = [];
  const visit = async (folder: FileSystemDirectoryEntry, prefix: string): Promise<void> => {
    for (const entry of await entriesOf(folder)) {
      const path = prefix + wellFormed(entry.name);
      if (entry.isDirectory) {
        folders.push(path);
        await visit(entry as FileSystemDirectoryEntry, `${path}/`);
      } else files.push({ path, blob: await fileOf(entry as FileSystemFileEntry) });
      if (files.length + folders.length > MAX_DROPPED_FILES) throw new TooManyFilesError();
    }
  };
  await visit(top, '');
  return { name: wellFormed(top.name), kind: 'folder', files, folders };
}

/** Chosen files as items; those of a chosen folder come with their paths below it. */
export function itemsOfFiles(files: readonly File[]): UploadItem[] {
  if (files.length > MAX_DROPPED_FILES) throw new TooManyFilesError();
  const items: UploadItem[] = [];
  const folders = new Map<string, { path: string; blob: Blob }[]>();
  for (const file of files) {
    const name = wellFormed(file.name);
    const [top = '', ...below] = wellFormed(file.webkitRelativePath).split('/');
    if (below.length === 0) items.push({ name, kind: 'file', files: [{ path: name, blob: file }], folders: [] });
    else folders.set(top, [...(folders.get(top) ?? []), { path: below.join('/'), blob: file }]);
  }
  for (const [name, inside] of folders) items.push({ name, kind: 'folder', files: inside, folders: [] });
  return items;
}

/**
 * Everything of a drop. Must be called within the drop event: the browser takes the list away afterwards.
 * @throws TooManyFilesError; DOMException when something cannot be read.
 */
export async function itemsOfDrop(transfer: DataTransfer): Promise<UploadItem[]> {
  const taken = [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const items: UploadItem[] = [];
  for (const { entry, file } of taken) {
    if (entry?.isDirectory) items.push(await walk(entry as FileSystemDirectoryEntry));
    else if (file !== null) items.push(...itemsOfFiles([file]));
  }
  return items;
}

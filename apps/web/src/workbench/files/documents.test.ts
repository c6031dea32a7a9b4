import { describe, expect, it } from 'vitest';
import { lineSeparatorOf } from './code-editor.ts';
import { languageOf } from './code-languages.ts';
import { createDocuments, type DocumentBuffer, MAX_EDITED_BYTES, textOf } from './documents.ts';
import { createMemoryFiles } from './memory.ts';

/** An editor without a page: the text and what of it was saved. */
function buffer(text: string): DocumentBuffer & { type(text: string): void } {
  let saved = text;
  let now = text;
  return {
    text: () => now,
    load(next) {
      saved = next;
      now = next;
    },
    mark() {
      const marked = now;
      return () => {
        saved = marked;
      };
    },
    isDirty: () => now !== saved,
    type(next) {
      now = next;
    },
  };
}

async function start(content: string | Uint8Array<ArrayBuffer> = 'one\n') {
  const api = createMemoryFiles();
  api.put('/root/f', content);
  const saved: string[] = [];
  const documents = createDocuments(api, (_node, path) => saved.push(path));
  const document = documents.get('tab-1', 'node1', '/root/f');
  await expect.poll(() => document.state.getState().phase.kind).not.toBe('loading');
  const editor = buffer(document.loadedText());
  document.bind(editor);
  const type = (text: string) => {
    editor.type(text);
    document.edited();
  };
  return { api, documents, document, editor, type, saved, state: document.state.getState };
}

describe('a document', () => {
  it('is read, typed in, marked as unsaved, saved, and unmarked', async () => {
    const { api, documents, document, type, saved, state } = await start();
    expect(document.loadedText()).toBe('one\n');
    type('two\n');
    expect(state().dirty).toBe(true);
    expect(documents.unsaved()).toEqual(['tab-1']);
    expect(await document.save()).toBe(true);
    expect(api.text('/root/f')).toBe('two\n');
    expect(state()).toMatchObject({ dirty: false, saving: false, conflict: null });
    expect(saved).toEqual(['/root/f']);
    type('three\n');
    expect(await document.save()).toBe(true);
  });

  it('stays unsaved for what was typed while it was saved', async () => {
    const { api, document, type, state } = await start();
    type('sent');
    const open = api.hold();
    const saving = document.save();
    type('sent and more');
    open();
    await saving;
    expect(api.text('/root/f')).toBe('sent');
    expect(state().dirty).toBe(true);
  });

  it('never writes over what somebody else wrote without a decision', async () => {
    const { api, document, editor, type, state } = await start();
    type('mine');
    api.put('/root/f', 'theirs');
    expect(await document.save()).toBe(false);
    expect(state().conflict).toBe('changed');
    expect(api.text('/root/f')).toBe('theirs');
    document.keep();
    expect([state().conflict, editor.text()]).toEqual([null, 'mine']);
    expect(await document.save()).toBe(false);
    expect(await document.save(true)).toBe(true);
    expect(api.text('/root/f')).toBe('mine');
    api.put('/root/f', 'theirs again');
    type('mine again');
    await document.save();
    await document.reload();
    expect([editor.text(), state().dirty, state().conflict]).toEqual(['theirs again', false, null]);
  });

  it('asks before it makes a file anew that was deleted', async () => {
    const { api, document, type, state } = await start();
    await api.remove('node1', '/root/f');
    type('mine');
    expect(await document.save()).toBe(false);
    expect(state().conflict).toBe('gone');
    expect(await document.save(true)).toBe(true);
    expect(api.text('/root/f')).toBe('mine');
  });

  it('takes over what changed on the node when nothing was typed, and says so otherwise', async () => {
    const { api, document, editor, type, state } = await start();
    api.put('/root/f', 'theirs');
    await document.check();
    expect([editor.text(), state().conflict]).toEqual(['theirs', null]);
    type('mine');
    api.put('/root/f', 'theirs again');
    await document.check();
    expect([editor.text(), state().conflict]).toEqual(['mine', 'changed']);
  });

  it('refuses what is not text or too large, and says how large', async () => {
    expect((await start(new Uint8Array([1, 0, 2]))).state().phase).toEqual({
      kind: 'refused',
      why: 'binary',
      sizeBytes: 3,
    });
    expect((await start(new Uint8Array([0xff, 0x41]))).state().phase).toMatchObject({ kind: 'refused', why: 'binary' });
    const large = await start(new Uint8Array(MAX_EDITED_BYTES + 1));
    expect(large.state().phase).toEqual({ kind: 'refused', why: 'large', sizeBytes: MAX_EDITED_BYTES + 1 });
    expect(await large.document.save(true)).toBe(false);
  });

  it('follows its file when that is moved', async () => {
    const { api, documents, document, type, state } = await start();
    await api.move('node1', '/root/f', '/root/g');
    documents.moved('node1', '/root/f', '/root/g');
    expect(state().path).toBe('/root/g');
    type('saved there');
    await document.save();
    expect(api.text('/root/g')).toBe('saved there');
  });
});

describe('text', () => {
  it('keeps every byte: byte order mark, line ends of any kind', () => {
    expect(textOf(new TextEncoder().encode('\ufeffa'))).toBe('\ufeffa');
    expect(lineSeparatorOf('a\r\nb\r\n')).toBe('\r\n');
    for (const text of ['a\nb', 'a\r\nb\n', 'a\rb\r\n', '', 'a']) expect(lineSeparatorOf(text)).toBe('\n');
  });

  it('is coloured by its name, or by its first line', () => {
    const named = (name: string) => languageOf(name, '');
    expect(['Dockerfile', 'Dockerfile.dev', 'compose.YAML', 'a.json', 'run.sh', '.bashrc'].map(named)).toEqual([
      ...['Dockerfile', 'Dockerfile', 'YAML', 'JSON', 'Shell', 'Shell'],
    ]);
    expect(languageOf('entrypoint', '#!/usr/bin/env bash\n')).toBe('Shell');
    expect(languageOf('notes', 'plain')).toBeNull();
  });
});

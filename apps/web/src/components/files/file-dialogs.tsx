/** The questions that making, moving and deleting files ask. */
'use client';

import { ApiError } from '@drydock/client';
import { type SubmitEvent, useRef, useState } from 'react';
import { strings } from '../../strings.ts';
import { joinPath, nameOf, nameProblem, parentOf, resolvePath, shownName } from '../../workbench/files/path.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm, Modal } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

const text = strings.files.dialogs;

function messageOf(error: unknown): string {
  if (error instanceof ApiError && error.code === 'CONFLICT') return text.there;
  return error instanceof Error ? error.message : String(error);
}

/** A form of one answer: says what is wrong with it, works, and closes when that went well. */
function useAnswer(work: () => Promise<void>, onClose: () => void) {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  return {
    error,
    busy,
    clear: () => setError(null),
    fail: setError,
    async run() {
      setBusy(true);
      try {
        await work();
        onClose();
      } catch (failure) {
        setError(messageOf(failure));
        setBusy(false);
      }
    },
  };
}

const plain = { autoCapitalize: 'none', autoComplete: 'off', spellCheck: false } as const;

interface NewFileDialogProps {
  what: 'file' | 'folder';
  node: string;
  folder: string;
  onClose: () => void;
}

export function NewFileDialog({ what, node, folder, onClose }: NewFileDialogProps) {
  const { files } = useWorkbench();
  const [name, setName] = useState('');
  const make = what === 'file' ? files.createFile : files.createFolder;
  const answer = useAnswer(() => make(node, folder, name), onClose);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const problem = nameProblem(name);
    if (problem === null) void answer.run();
    else answer.fail(text.problems[problem]);
  };
  return (
    <Modal
      title={what === 'file' ? text.newFileTitle : text.newFolderTitle}
      text={text.inFolder(shownName(folder), node)}
      onClose={onClose}
      className="max-w-md"
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field
          {...plain}
          label={text.name}
          error={answer.error}
          value={name}
          placeholder={what === 'file' ? 'compose.yaml' : 'app'}
          onChange={(event) => {
            setName(event.target.value);
            answer.clear();
          }}
        />
        <div className="flex justify-end gap-2.5">
          <Button onClick={onClose}>{strings.workbench.cancel}</Button>
          <Button kind="primary" type="submit" disabled={answer.busy}>
            {answer.busy ? text.creating : text.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

export function MoveFileDialog({ node, path, onClose }: { node: string; path: string; onClose: () => void }) {
  const { files } = useWorkbench();
  const before = nameOf(path);
  const [name, setName] = useState(shownName(before));
  const [folder, setFolder] = useState(parentOf(path));
  const [touched, setTouched] = useState(false);
  const selected = useRef(false);
  // A name that a field cannot hold is only replaced by what somebody typed.
  const wanted = touched ? name : before;
  const target = () => joinPath(resolvePath(parentOf(path), folder), wanted);
  const answer = useAnswer(async () => {
    if (target() !== path) await files.move(node, path, target());
  }, onClose);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const problem = nameProblem(wanted);
    if (problem === null) void answer.run();
    else answer.fail(text.problems[problem]);
  };
  const odd = shownName(before) !== before && !touched;
  return (
    <Modal title={text.moveTitle(shownName(before))} onClose={onClose} className="max-w-md">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          {...plain}
          label={text.name}
          error={answer.error}
          {...(odd ? { hint: text.oddName } : {})}
          value={name}
          onFocus={(event) => {
            // Once: whoever comes back to the field has something else in mind.
            if (!selected.current) event.target.setSelectionRange(0, stemLength(event.target.value));
            selected.current = true;
          }}
          onChange={(event) => {
            setTouched(true);
            setName(event.target.value);
            answer.clear();
          }}
        />
        <Field {...plain} label={text.folder} value={folder} onChange={(event) => setFolder(event.target.value)} />
        <div className="mt-1 flex justify-end gap-2.5">
          <Button onClick={onClose}>{strings.workbench.cancel}</Button>
          <Button kind="primary" type="submit" disabled={answer.busy}>
            {answer.busy ? text.moving : text.move}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** How much of a name is not its ending: that is what people change. */
function stemLength(name: string): number {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? dot : name.length;
}

interface DeleteFileDialogProps {
  node: string;
  path: string;
  isFolder: boolean;
  onClose: () => void;
}

export function DeleteFileDialog({ node, path, isFolder, onClose }: DeleteFileDialogProps) {
  const { files, notices } = useWorkbench();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    await files.remove(node, path).catch((error: unknown) => notices.fail(strings.files.errors.delete, error));
    onClose();
  };
  return (
    <Confirm
      title={text.deleteTitle(shownName(nameOf(path)))}
      text={<p className="break-words">{(isFolder ? text.deleteFolder : text.deleteFile)(shownName(path))}</p>}
      cancel={strings.workbench.cancel}
      onCancel={onClose}
    >
      <Button kind="danger" disabled={busy} onClick={() => void remove()}>
        {busy ? text.deleting : text.delete}
      </Button>
    </Confirm>
  );
}

export function CloseFileDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { files } = useWorkbench();
  const document = files.documents.peek(id);
  const [busy, setBusy] = useState(false);
  const leave = () => {
    onClose();
    files.dropFile(id);
  };
  const save = async () => {
    setBusy(true);
    // What could not be saved stays open, and says why.
    if (await document?.save()) leave();
    else onClose();
  };
  return (
    <Confirm
      title={text.closeTitle(shownName(nameOf(document?.state.getState().path ?? '')))}
      text={text.closeText}
      cancel={strings.workbench.cancel}
      onCancel={onClose}
    >
      <Button kind="caution" onClick={leave}>
        {text.discard}
      </Button>
      <Button kind="primary" disabled={busy} onClick={() => void save()}>
        {text.saveAndClose}
      </Button>
    </Confirm>
  );
}

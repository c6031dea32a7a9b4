/** Commands and what they wrote as plain text, one command a page: for screen readers, and for whoever reads a long output. */
'use client';

import { useState } from 'react';
import { strings } from '../../strings.ts';
import type { CommandOutput, ShellCommand, ShellCommands } from '../../workbench/terminal/shell-commands.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Modal } from '../ui/dialog.tsx';

const text = strings.terminals.outputs;
/** Lines of one part of an output: few enough to be heard, and to be laid out at once. */
const PART_LINES = 200;

/** A button at its end stays in place and can keep the focus. */
const dimmed = 'aria-disabled:opacity-60';

interface PagerProps {
  place: string;
  back: string;
  forward: string;
  index: number;
  count: number;
  onGo: (index: number) => void;
}

function Pager({ place, back, forward, index, count, onGo }: PagerProps) {
  return (
    <div className="flex flex-wrap items-center gap-2.5">
      {/* Buttons stay where they are at either end, so that the focus is not lost. */}
      <Button size="sm" className={dimmed} aria-disabled={index === 0} onClick={() => index > 0 && onGo(index - 1)}>
        {back}
      </Button>
      <Button
        size="sm"
        className={dimmed}
        aria-disabled={index === count - 1}
        onClick={() => index < count - 1 && onGo(index + 1)}
      >
        {forward}
      </Button>
      <span role="status" className="text-ink-2 text-sm tabular-nums">
        {place}
      </span>
    </div>
  );
}

function Output({ command, output }: { command: ShellCommand; output: CommandOutput }) {
  const count = Math.max(1, Math.ceil(output.lines.length / PART_LINES));
  const [part, setPart] = useState(0);
  const lines = output.lines.slice(part * PART_LINES, (part + 1) * PART_LINES);
  if (output.lines.length === 0) return <p className="text-ink-2 text-sm">{text.empty}</p>;
  return (
    <>
      {output.isCut && <p className="mb-2 text-ink-2 text-sm">{text.cut}</p>}
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        tabIndex={0}
        aria-label={text.outputOf(command.command)}
        className="max-h-[50dvh] overflow-auto rounded-md bg-sunken p-3 text-ink"
      >
        <pre className="whitespace-pre-wrap break-words font-mono text-[13px]">{lines.join('\n')}</pre>
      </section>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-2.5">
        {count > 1 && (
          <Pager
            place={text.part(part + 1, count)}
            back={text.before}
            forward={text.after}
            index={part}
            count={count}
            onGo={setPart}
          />
        )}
        <CopyButton label={text.copy} text={output.lines.join('\n')}>
          {text.copy}
        </CopyButton>
      </div>
    </>
  );
}

function Pages({ commands, list }: { commands: ShellCommands; list: readonly ShellCommand[] }) {
  const [index, setIndex] = useState(list.length - 1);
  const command = list[index];
  if (command === undefined) return <p>{text.none}</p>;
  const output = commands.output(command.id);
  return (
    <>
      <Pager
        place={text.place(index + 1, list.length)}
        back={text.older}
        forward={text.newer}
        index={index}
        count={list.length}
        onGo={setIndex}
      />
      <h3 className="mt-4 whitespace-pre-wrap break-words font-mono text-[15px]">{command.command}</h3>
      <p className="mb-3 text-ink-2 text-sm">
        {command.exitCode === undefined ? text.running : text.ended(command.exitCode)}
      </p>
      <Output key={command.id} command={command} output={output ?? { lines: [], isCut: true }} />
    </>
  );
}

export function OutputsDialog({ terminalId, onClose }: { terminalId: string; onClose: () => void }) {
  const { views } = useWorkbench();
  // As it was when the dialog was opened: what is read must not move.
  const [commands] = useState(() => views.peek(terminalId)?.commands);
  const [list] = useState(() => commands?.list() ?? []);
  return (
    <Modal title={text.title} text={text.text} onClose={onClose} className="max-w-3xl">
      {commands === undefined || list.length === 0 ? <p>{text.none}</p> : <Pages commands={commands} list={list} />}
    </Modal>
  );
}

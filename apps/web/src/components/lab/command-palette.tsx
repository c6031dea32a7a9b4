/** Every action by name. Ctrl+K once more hands the key to the shell. */
'use client';

import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useLab } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { type PaletteCommand, useCommands } from './use-commands.ts';

const text = strings.palette;
/** What Ctrl+K means to a shell. */
const KILL_LINE = '\x0b';

function Item({ command, onDone }: { command: PaletteCommand; onDone: () => void }) {
  return (
    <Command.Item
      value={`${command.group} ${command.title}`}
      onSelect={() => {
        onDone();
        command.run();
      }}
      className="flex cursor-pointer items-center justify-between gap-4 rounded-md px-3 py-2 text-[15px] data-[selected=true]:bg-ink/8"
    >
      {command.title}
      {command.keys !== undefined && <kbd className="text-ink-3">{command.keys}</kbd>}
    </Command.Item>
  );
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { keys } = useLab();
  const commands = useCommands();
  const groups = [...new Set(commands.map(({ group }) => group))];
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={(event) => {
            if (!event.ctrlKey || event.key.toLowerCase() !== 'k') return;
            event.preventDefault();
            onClose();
            keys.sendToShell(KILL_LINE);
          }}
          className="fixed top-[12dvh] left-1/2 z-50 w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised text-ink shadow-float"
        >
          <Dialog.Title className="sr-only">{text.title}</Dialog.Title>
          <Command label={text.title} loop>
            <Command.Input
              placeholder={text.placeholder}
              aria-label={text.title}
              className="h-13 w-full border-line border-b bg-transparent px-5 text-base outline-none placeholder:text-ink-3"
            />
            <Command.List className="scroll-quiet max-h-[55dvh] overflow-y-auto p-2">
              <Command.Empty className="px-3 py-6 text-center text-ink-3">{text.none}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-[12.5px] [&_[cmdk-group-heading]]:text-ink-3"
                >
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Item key={command.title} command={command} onDone={onClose} />
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

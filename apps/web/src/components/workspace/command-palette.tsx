/** Every action by name; when it closes, whoever was typing types on. */
'use client';

import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useRef } from 'react';
import { strings } from '../../strings.ts';
import { useWorkbench } from '../../workbench/use-workbench.tsx';
import { type PaletteCommand, useCommands } from './use-commands.ts';

const text = strings.palette;

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

/** The focus goes back where it was, unless the command opened something else; `Dialogs` finds a place when that is gone. */
function useFocusBack() {
  const { dialog, workspace } = useWorkbench();
  const before = useRef<{ element: Element | null; activeId: string | null }>({ element: null, activeId: null });
  return {
    remember() {
      before.current = { element: document.activeElement, activeId: workspace.getState().activeId };
    },
    giveBack(event: Event) {
      const { element, activeId } = before.current;
      const isElsewhere = dialog.getState() !== null || workspace.getState().activeId !== activeId;
      if (isElsewhere || !(element instanceof HTMLElement) || !element.isConnected) return;
      event.preventDefault();
      element.focus();
    },
  };
}

export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { remember, giveBack } = useFocusBack();
  const commands = useCommands();
  const groups = [...new Set(commands.map(({ group }) => group))];
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={remember}
          onCloseAutoFocus={giveBack}
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

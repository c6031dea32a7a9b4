/** Keys of the whole page: which command of the table a key runs. They work in terminals too, as far as each command's entry says. */
import type { CommandContext } from './command-context.ts';
import { COMMANDS, type KeyReach } from './commands.ts';
import { isPress, isTyped } from './key-press.ts';

/** Where a key was pressed; `field` takes text, `program` is a terminal that a full-screen program has: vim, nano, less... */
export type KeyPlace = 'page' | 'field' | 'editor' | 'shell' | 'program';

const PLACES: Readonly<Record<KeyReach, readonly KeyPlace[]>> = {
  anywhere: ['page', 'field', 'editor', 'shell', 'program'],
  'not-over-programs': ['page', 'field', 'editor', 'shell'],
  terminal: ['shell', 'program'],
  page: ['page', 'field'],
};

export type PageKeys = ReturnType<typeof createPageKeys>;

export function createPageKeys(context: CommandContext) {
  return {
    /** Does what the key means; false when it means nothing to the page. */
    handle(event: KeyboardEvent, place: KeyPlace): boolean {
      for (const command of Object.values(COMMANDS)) {
        const isPressed = command.keys?.some(
          ({ press, reach, ...options }) =>
            PLACES[reach].includes(place) &&
            press.some((key) => !(place === 'field' && isTyped(key)) && isPress(event, key, options)),
        );
        if (!isPressed) continue;
        // The key stays the page's while its command means nothing: in a shell it would type something else.
        if (command.when?.(context) ?? true) command.run(context);
        return true;
      }
      return false;
    },
  };
}

import { expect, test } from 'vitest';
import type { CommandContext } from './command-context.ts';
import { COMMANDS } from './commands.ts';
import { keyHelp } from './key-help.ts';
import { isPress } from './key-press.ts';
import { createPageKeys, type KeyPlace } from './page-keys.ts';

const press = (key: string, modifiers: Partial<KeyboardEvent> = {}) =>
  ({
    key,
    ctrlKey: false,
    shiftKey: false,
    altKey: false,
    metaKey: false,
    target: null,
    ...modifiers,
  }) as KeyboardEvent;

/** A context in which every command may be run; what is run is written down. */
function context() {
  const ran: string[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) =>
      void ran.push([name, ...args.map((arg) => JSON.stringify(arg))].join(' '));
  const value = {
    store: { getState: () => ({ data: { right: 'owner', terminals: [] } }) },
    dialog: { set: note('dialog') },
    workspace: { move: note('move'), step: note('step') },
    preferences: { changeFontSize: note('font'), resetFontSize: note('font 0') },
    place: {
      activeTerminal: () => null,
      activeNode: () => 'node1',
      newTerminal: note('new'),
      crossOver: note('cross'),
    },
    tools: { files: () => ({ togglePanel: note('files') }) },
  } as unknown as CommandContext;
  return { keys: createPageKeys(value), ran };
}

test('a key is read as it is written', () => {
  expect(isPress(press('F', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+F')).toBe(true);
  expect(isPress(press('f', { ctrlKey: true }), 'Ctrl+Shift+F')).toBe(false);
  expect(isPress(press('ArrowLeft', { altKey: true, shiftKey: true }), 'Alt+Shift+←')).toBe(true);
  // The plus sign needs Shift on one keyboard and none on another.
  expect(isPress(press('+', { ctrlKey: true, shiftKey: true }), 'Ctrl++')).toBe(true);
  expect(isPress(press('+', { ctrlKey: true }), 'Ctrl++')).toBe(true);
  expect(isPress(press('k', { metaKey: true }), 'Ctrl+K')).toBe(false);
  expect(isPress(press('k', { metaKey: true }), 'Ctrl+K', { orCommand: true })).toBe(true);
});

test('each key has one command', () => {
  const presses = Object.values(COMMANDS).flatMap(({ keys }) => keys?.flatMap((bound) => bound.press) ?? []);
  expect(presses.length).toBeGreaterThan(15);
  expect(presses.filter((one, index) => presses.indexOf(one) !== index)).toEqual([]);
});

test('the help names each key once', () => {
  const shown = keyHelp().flatMap(({ rows }) => rows.flatMap(({ presses }) => presses));
  const bound = Object.values(COMMANDS).flatMap(({ keys }) => keys?.flatMap((one) => one.press) ?? []);
  for (const key of bound)
    expect(
      shown.filter((one) => one === key),
      key,
    ).toHaveLength(1);
});

test.each<[string, Partial<KeyboardEvent>, Partial<Record<KeyPlace, boolean>>]>([
  ['p', { ctrlKey: true, shiftKey: true }, { page: true, editor: true, shell: true, program: true }],
  // vim and htop have a use for F1, and every shell for Ctrl+K.
  ['F1', {}, { page: true, editor: true, shell: true, program: false }],
  ['k', { ctrlKey: true }, { page: true, editor: false, shell: false, program: false }],
  ['?', { shiftKey: true }, { page: true, editor: false, shell: false, program: false }],
  ['0', { ctrlKey: true }, { page: false, editor: false, shell: true, program: true }],
  ['c', { ctrlKey: true }, { page: false, editor: false, shell: false, program: false }],
])('the key %s is the page’s where the table says so', (key, modifiers, expected) => {
  for (const [place, isOurs] of Object.entries(expected)) {
    const { keys } = context();
    expect(keys.handle(press(key, modifiers), place as KeyPlace), place).toBe(isOurs);
  }
});

test('keys run their commands', () => {
  const { keys, ran } = context();
  keys.handle(press('e', { ctrlKey: true, shiftKey: true }), 'shell');
  keys.handle(press('ArrowUp', { ctrlKey: true, shiftKey: true }), 'shell');
  keys.handle(press('ArrowDown', { altKey: true, shiftKey: true }), 'page');
  keys.handle(press('-', { ctrlKey: true }), 'program');
  keys.handle(press('F6', { shiftKey: true }), 'program');
  expect(ran).toEqual(['files', 'step "tiles" -1', 'move "down"', 'font -1', 'cross']);
});

test('a command that means nothing now is not run, and its key goes no further', () => {
  const { keys, ran } = context();
  expect(keys.handle(press('f', { ctrlKey: true, shiftKey: true }), 'shell')).toBe(true);
  expect(ran).toEqual([]);
});

test('a question mark that is typed into a field is typed', () => {
  const { keys, ran } = context();
  expect(keys.handle(press('?', { shiftKey: true }), 'field')).toBe(false);
  expect(keys.handle(press('k', { ctrlKey: true }), 'field')).toBe(true);
  expect(ran).toEqual(['dialog {"kind":"palette"}']);
});

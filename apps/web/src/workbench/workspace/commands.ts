/**
 * The one table of what a person can do: the command palette offers it, keys run it, and the keyboard help lists its keys. Checked
 * complete by its type: an id without an entry, or a key without a sentence for the help, does not compile.
 */
import { strings } from '../../strings.ts';
import { HOME } from '../files/tree.ts';
import type { CommandContext } from './command-context.ts';
import { applyLayout, nextLayout } from './layouts.ts';

/**
 * Where a key is the page's: `anywhere`; not over a full-screen program (vim, less), which has its own use for it; in a terminal alone;
 * or on the page alone, since in a terminal it is the shell's.
 */
export type KeyReach = 'anywhere' | 'not-over-programs' | 'terminal' | 'page';

export interface CommandKeys {
  /** As `key-press.ts` reads them. */
  press: readonly [string, ...string[]];
  reach: KeyReach;
  /** Whether Cmd does what Ctrl does. */
  orCommand?: boolean;
}

interface KeyHelp {
  section: keyof typeof strings.shortcuts.sections;
  text: string;
}

export type Command = {
  group: keyof typeof strings.palette.groups;
  title: string | ((context: CommandContext) => string);
  /** Whether it means something now; without it, always. */
  when?(context: CommandContext): boolean;
  run(context: CommandContext): void;
  /** Left out of the palette: it is the palette, or means nothing there. */
  hidden?: boolean;
} & ({ keys?: never; help?: never } | { keys: readonly [CommandKeys, ...CommandKeys[]]; help: KeyHelp });

export type CommandId =
  | ('add-node' | 'add-named-node' | 'open-port' | 'delete-node' | 'download-history' | 'download-home')
  | ('new-terminal' | 'split-right' | 'split-down' | 'find' | 'clear' | 'select-all' | 'outputs')
  | ('close-terminal' | 'broadcast')
  | ('next-layout' | 'layout-build' | 'layout-swarm' | 'layout-learn' | 'tile-evenly')
  | ('palette' | 'files' | 'maximize' | 'full-screen' | 'cross-over' | 'settings' | 'screen-reader' | 'sidebar')
  | ('move-left' | 'move-right' | 'move-up' | 'move-down')
  | ('previous-tab' | 'next-tab' | 'previous-tile' | 'next-tile')
  | ('larger-text' | 'smaller-text' | 'usual-text' | 'help')
  | ('rename-session' | 'share' | 'take-home' | 'extend' | 'close-session');

const right = ({ store }: CommandContext) => store.getState().data?.right;
const canWork = (context: CommandContext) => right(context) !== 'viewer';
const isOwner = (context: CommandContext) => right(context) === 'owner';
const hasTerminal = ({ place }: CommandContext) => place.activeTerminal() !== null;
const nodeOf = ({ place }: CommandContext) => place.activeNode() ?? '';
const worksOnNode = (context: CommandContext) => canWork(context) && context.place.activeNode() !== null;

const { shortcuts: help, terminals: terminalText } = strings;
const everywhere = (text: string): KeyHelp => ({ section: 'everywhere', text });
const inTerminal = (text: string): KeyHelp => ({ section: 'terminal', text });
const ofTiles = (text: string): KeyHelp => ({ section: 'tiles', text });
const anywhere = (...press: [string, ...string[]]): [CommandKeys] => [{ press, reach: 'anywhere' }];
const ofFont = (...press: [string, ...string[]]): [CommandKeys] => [{ press, reach: 'terminal', orCommand: true }];

export const COMMANDS: Readonly<Record<CommandId, Command>> = {
  'add-node': {
    group: 'nodes',
    title: strings.nodes.add,
    when: canWork,
    run: ({ actions }) => void actions.addNode(),
  },
  'add-named-node': {
    group: 'nodes',
    title: strings.nodes.addNamed,
    when: canWork,
    run: ({ dialog }) => dialog.set({ kind: 'add-node' }),
  },
  'open-port': {
    group: 'nodes',
    title: (context) => strings.ports.byNumberTitle(nodeOf(context)),
    when: worksOnNode,
    run: (context) => context.dialog.set({ kind: 'open-port', node: nodeOf(context) }),
  },
  'delete-node': {
    group: 'nodes',
    title: (context) => strings.nodes.deleteNamed(nodeOf(context)),
    when: worksOnNode,
    run: (context) => context.dialog.set({ kind: 'delete-node', node: nodeOf(context) }),
  },
  'download-history': {
    group: 'nodes',
    title: (context) => strings.files.historyOf(nodeOf(context)),
    when: worksOnNode,
    run: (context) => void context.tools.files().downloadHistory(nodeOf(context)),
  },
  'download-home': {
    group: 'nodes',
    title: (context) => strings.files.homeTarOf(nodeOf(context)),
    when: worksOnNode,
    run: (context) => void context.tools.files().download(nodeOf(context), HOME, `${nodeOf(context)}-root.tar`),
  },

  'new-terminal': {
    group: 'terminals',
    title: (context) => terminalText.newOn(nodeOf(context)),
    keys: anywhere('Ctrl+Shift+Enter'),
    help: ofTiles(help.newTerminal),
    when: worksOnNode,
    run: ({ place }) => place.newTerminal(),
  },
  'split-right': {
    group: 'terminals',
    title: terminalText.splitRight,
    when: worksOnNode,
    run: ({ place }) => place.newTerminal('right'),
  },
  'split-down': {
    group: 'terminals',
    title: terminalText.splitDown,
    when: worksOnNode,
    run: ({ place }) => place.newTerminal('bottom'),
  },
  find: {
    group: 'terminals',
    title: terminalText.menu.find,
    keys: anywhere('Ctrl+Shift+F'),
    help: inTerminal(help.find),
    when: hasTerminal,
    run: ({ place }) => place.finding.set(place.activeTerminal()?.id ?? null),
  },
  clear: {
    group: 'terminals',
    title: terminalText.menu.clear,
    when: hasTerminal,
    run: ({ place, tools }) =>
      tools
        .views()
        .peek(place.activeTerminal()?.id ?? '')
        ?.terminal.clear(),
  },
  'select-all': {
    group: 'terminals',
    title: terminalText.menu.selectAll,
    when: hasTerminal,
    run: ({ place, tools }) =>
      tools
        .views()
        .peek(place.activeTerminal()?.id ?? '')
        ?.terminal.selectAll(),
  },
  outputs: {
    group: 'terminals',
    title: terminalText.outputs.menu,
    keys: anywhere('Ctrl+Shift+O'),
    help: inTerminal(help.outputs),
    when: hasTerminal,
    run: ({ place }) => place.showOutputs(),
  },
  'close-terminal': {
    group: 'terminals',
    title: ({ place }) => terminalText.closeTab(place.activeTerminal()?.node ?? ''),
    when: (context) => canWork(context) && hasTerminal(context),
    run: ({ place, tools }) => tools.closing.close(place.activeTerminal()?.id ?? ''),
  },
  broadcast: {
    group: 'terminals',
    title: ({ tools }) => (tools.views().isBroadcasting() ? terminalText.broadcastEnd : terminalText.broadcast),
    when: (context) =>
      canWork(context) &&
      ((context.store.getState().data?.terminals.length ?? 0) > 1 || context.tools.views().isBroadcasting()),
    run: ({ tools }) => tools.views().setBroadcasting(!tools.views().isBroadcasting()),
  },

  palette: {
    group: 'view',
    title: strings.palette.title,
    keys: [
      { press: ['F1'], reach: 'not-over-programs' },
      { press: ['Ctrl+Shift+P'], reach: 'anywhere' },
      { press: ['Ctrl+K'], reach: 'page', orCommand: true },
    ],
    help: everywhere(help.palette),
    run: ({ dialog }) => dialog.set({ kind: 'palette' }),
    hidden: true,
  },
  files: {
    group: 'view',
    title: strings.workbench.files,
    keys: anywhere('Ctrl+Shift+E'),
    help: everywhere(strings.workbench.files),
    run: ({ tools }) => tools.files().togglePanel(),
  },
  maximize: {
    group: 'view',
    title: terminalText.maximize,
    run: ({ workspace }) => workspace.toggleMaximized(),
  },
  'tile-evenly': {
    group: 'view',
    title: terminalText.tileEvenly,
    run: ({ workspace }) => workspace.tileEvenly(),
  },
  'next-layout': {
    group: 'view',
    title: strings.workbench.nextLayout,
    keys: anywhere('Ctrl+Shift+L'),
    help: ofTiles(help.nextLayout),
    run: (context) => applyLayout(nextLayout(context), context),
  },
  'layout-build': {
    group: 'view',
    title: strings.workbench.layoutOf(strings.workbench.layouts.build),
    run: (context) => applyLayout('build', context),
  },
  'layout-swarm': {
    group: 'view',
    title: strings.workbench.layoutOf(strings.workbench.layouts.swarm),
    run: (context) => applyLayout('swarm', context),
  },
  'layout-learn': {
    group: 'view',
    title: strings.workbench.layoutOf(strings.workbench.layouts.learn),
    run: (context) => applyLayout('learn', context),
  },
  'full-screen': {
    group: 'view',
    title: strings.workbench.fullScreen,
    keys: anywhere('Alt+Enter'),
    help: everywhere(strings.workbench.fullScreen),
    run: ({ place }) => place.toggleFullScreen(),
  },
  'cross-over': {
    group: 'view',
    title: help.crossOver,
    keys: [
      { press: ['F6'], reach: 'not-over-programs' },
      { press: ['Shift+F6'], reach: 'anywhere' },
    ],
    help: everywhere(help.crossOver),
    run: ({ place }) => place.crossOver(),
    hidden: true,
  },
  settings: {
    group: 'view',
    title: strings.workbench.settings,
    run: ({ dialog }) => dialog.set({ kind: 'settings' }),
  },
  'screen-reader': {
    group: 'view',
    title: strings.workbench.screenReader,
    run: ({ preferences }) => preferences.update({ screenReader: !preferences.getState().screenReader }),
  },
  sidebar: {
    group: 'view',
    title: ({ preferences }) =>
      preferences.getState().sidebar ? strings.workbench.hideSidebar : strings.workbench.showSidebar,
    run: ({ preferences }) => preferences.update({ sidebar: !preferences.getState().sidebar }),
  },
  'move-left': {
    group: 'view',
    title: terminalText.moveTab.left,
    keys: anywhere('Alt+Shift+←'),
    help: ofTiles(help.moveTab),
    run: ({ workspace }) => workspace.move('left'),
  },
  'move-right': {
    group: 'view',
    title: terminalText.moveTab.right,
    keys: anywhere('Alt+Shift+→'),
    help: ofTiles(help.moveTab),
    run: ({ workspace }) => workspace.move('right'),
  },
  'move-up': {
    group: 'view',
    title: terminalText.moveTab.up,
    keys: anywhere('Alt+Shift+↑'),
    help: ofTiles(help.moveTab),
    run: ({ workspace }) => workspace.move('up'),
  },
  'move-down': {
    group: 'view',
    title: terminalText.moveTab.down,
    keys: anywhere('Alt+Shift+↓'),
    help: ofTiles(help.moveTab),
    run: ({ workspace }) => workspace.move('down'),
  },
  'previous-tab': {
    group: 'view',
    title: terminalText.previousTab,
    keys: anywhere('Ctrl+Shift+←'),
    help: ofTiles(help.stepTab),
    run: ({ workspace }) => workspace.step('tabs', -1),
  },
  'next-tab': {
    group: 'view',
    title: terminalText.nextTab,
    keys: anywhere('Ctrl+Shift+→'),
    help: ofTiles(help.stepTab),
    run: ({ workspace }) => workspace.step('tabs', 1),
  },
  'previous-tile': {
    group: 'view',
    title: terminalText.previousTile,
    keys: anywhere('Ctrl+Shift+↑'),
    help: ofTiles(help.stepTile),
    run: ({ workspace }) => workspace.step('tiles', -1),
  },
  'next-tile': {
    group: 'view',
    title: terminalText.nextTile,
    keys: anywhere('Ctrl+Shift+↓'),
    help: ofTiles(help.stepTile),
    run: ({ workspace }) => workspace.step('tiles', 1),
  },
  'larger-text': {
    group: 'view',
    title: strings.settings.largerText,
    keys: ofFont('Ctrl++', 'Ctrl+='),
    help: inTerminal(strings.settings.largerText),
    run: ({ preferences }) => preferences.changeFontSize(1),
  },
  'smaller-text': {
    group: 'view',
    title: strings.settings.smallerText,
    keys: ofFont('Ctrl+-'),
    help: inTerminal(strings.settings.smallerText),
    run: ({ preferences }) => preferences.changeFontSize(-1),
  },
  'usual-text': {
    group: 'view',
    title: strings.settings.usualText,
    keys: ofFont('Ctrl+0'),
    help: inTerminal(strings.settings.usualText),
    run: ({ preferences }) => preferences.resetFontSize(),
  },
  help: {
    group: 'view',
    title: strings.workbench.help,
    keys: [{ press: ['?'], reach: 'page' }],
    help: everywhere(help.thisList),
    run: ({ dialog }) => dialog.set({ kind: 'shortcuts' }),
  },

  'rename-session': {
    group: 'session',
    title: strings.workbench.renameMenu,
    when: isOwner,
    run: ({ dialog }) => dialog.set({ kind: 'rename-session' }),
  },
  share: {
    group: 'session',
    title: strings.workbench.share,
    run: ({ dialog }) => dialog.set({ kind: 'share' }),
  },
  'take-home': {
    group: 'session',
    title: strings.takeHome.title,
    when: worksOnNode,
    run: ({ dialog }) => dialog.set({ kind: 'take-home' }),
  },
  extend: {
    group: 'session',
    title: strings.workbench.extendBy(1),
    when: isOwner,
    run: ({ actions }) => void actions.extend(1),
  },
  'close-session': {
    group: 'session',
    title: strings.workbench.closeSession,
    when: isOwner,
    run: ({ dialog }) => dialog.set({ kind: 'close-session' }),
  },
};

export const titleOfCommand = (command: Command, context: CommandContext): string =>
  typeof command.title === 'string' ? command.title : command.title(context);

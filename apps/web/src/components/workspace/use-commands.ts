/** The list of everything that can be done now, for the command palette. */
'use client';

import { strings } from '../../strings.ts';
import { copyText } from '../../workbench/base/clipboard.ts';
import { TERMINAL_THEMES } from '../../workbench/base/terminal-themes.ts';
import { chooseTheme, type Theme } from '../../workbench/base/theme.ts';
import { HOME } from '../../workbench/files/tree.ts';
import { useCanWork, useIsOwner, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { useTemplates } from '../nodes/templates-menu.tsx';
import { useShowPanel, useShowPreview } from './use-show-panel.ts';

export interface PaletteCommand {
  group: string;
  title: string;
  keys?: string;
  run: () => void;
}

const { groups } = strings.palette;
const THEMES: readonly Theme[] = ['light', 'dark', 'system'];

const MOVES = [
  ['left', 'Alt+Shift+←'],
  ['right', 'Alt+Shift+→'],
  ['up', 'Alt+Shift+↑'],
  ['down', 'Alt+Shift+↓'],
] as const;

/** What can be done with the open ports of all nodes. */
function usePortCommands(): PaletteCommand[] {
  const { dialog } = useWorkbench();
  const { ports } = useWorkbenchData();
  const isOwner = useIsOwner();
  const showPreview = useShowPreview();
  const group = groups.ports;
  return Object.entries(ports).flatMap(([node, open]) =>
    open
      .filter(({ protocol }) => protocol === 'tcp')
      .flatMap(({ port, url, visibility }) => [
        { group, title: strings.ports.previewPort(port, node), run: () => showPreview(node, port) },
        { group, title: strings.ports.open(port, node), run: () => void window.open(url, '_blank', 'noopener') },
        { group, title: strings.ports.copyOf(port, node), run: () => void copyText(url) },
        {
          group,
          title: strings.ports.qrOf(port, node),
          run: () => dialog.set({ kind: 'qr', node, port, url, visibility }),
        },
        ...(isOwner
          ? [
              {
                group,
                title: strings.ports.shareOf(port, node),
                run: () => dialog.set({ kind: 'share-port', node, port }),
              },
            ]
          : []),
      ]),
  );
}

/** How the page looks and how its tiles lie. */
function useViewCommands(): PaletteCommand[] {
  const { preferences, workspace } = useWorkbench();
  const group = groups.view;
  return [
    ...MOVES.map(([direction, keys]) => ({
      ...{ group, keys },
      title: strings.terminals.moveTab[direction],
      run: () => workspace.move(direction),
    })),
    { group, title: strings.terminals.nextTab, keys: 'Ctrl+Shift+→', run: () => workspace.step('tabs', 1) },
    { group, title: strings.terminals.nextTile, keys: 'Ctrl+Shift+↓', run: () => workspace.step('tiles', 1) },
    { group, title: strings.settings.largerText, keys: 'Ctrl++', run: () => preferences.changeFontSize(1) },
    { group, title: strings.settings.smallerText, keys: 'Ctrl+-', run: () => preferences.changeFontSize(-1) },
    { group, title: strings.settings.usualText, keys: 'Ctrl+0', run: preferences.resetFontSize },
    ...TERMINAL_THEMES.map((terminalTheme) => ({
      group,
      title: `${strings.settings.terminal}: ${strings.settings.themes[terminalTheme]}`,
      run: () => preferences.update({ terminalTheme }),
    })),
    {
      group,
      title: preferences.getState().sidebar ? strings.workbench.hideSidebar : strings.workbench.showSidebar,
      run: () => preferences.update({ sidebar: !preferences.getState().sidebar }),
    },
  ];
}

export function useCommands(): PaletteCommand[] {
  const { actions, closing, dialog, files, keys, preferences, views, workspace } = useWorkbench();
  const { session, terminals } = useWorkbenchData();
  const templates = useTemplates();
  const portCommands = usePortCommands();
  const viewCommands = useViewCommands();
  const canWork = useCanWork();
  const isOwner = useIsOwner();
  const showPanel = useShowPanel();
  const active = keys.activeTerminal();
  const node = keys.activeNode();
  const commands: PaletteCommand[] = session.nodes.map(({ name }) => ({
    group: groups.nodes,
    title: strings.nodes.open(name),
    run: () => actions.showNode(name),
  }));
  if (canWork) {
    commands.push(
      { group: groups.nodes, title: strings.nodes.add, run: () => void actions.addNode() },
      { group: groups.nodes, title: strings.nodes.addNamed, run: () => dialog.set({ kind: 'add-node' }) },
      ...templates.map((template) => ({
        group: groups.nodes,
        title: strings.nodes.applyTemplate(template.title),
        run: () => void actions.applyTemplate(template),
      })),
    );
  }
  if (canWork && node !== null) {
    commands.push(
      {
        group: groups.terminals,
        title: strings.terminals.newOn(node),
        keys: 'Ctrl+Shift+Enter',
        run: () => keys.newTerminal(),
      },
      { group: groups.terminals, title: strings.terminals.splitRight, run: () => keys.newTerminal('right') },
      { group: groups.terminals, title: strings.terminals.splitDown, run: () => keys.newTerminal('bottom') },
      {
        group: groups.nodes,
        title: strings.ports.byNumberTitle(node),
        run: () => dialog.set({ kind: 'open-port', node }),
      },
      {
        group: groups.nodes,
        title: strings.nodes.deleteNamed(node),
        run: () => dialog.set({ kind: 'delete-node', node }),
      },
    );
  }
  if (canWork && node !== null) {
    const home = () => void files.download(node, HOME, `${node}-root.tar`);
    commands.push(
      { group: groups.nodes, title: strings.files.historyOf(node), run: () => void files.downloadHistory(node) },
      { group: groups.nodes, title: strings.files.homeTarOf(node), run: home },
    );
  }
  if (active !== null) {
    commands.push({
      group: groups.terminals,
      title: strings.terminals.menu.find,
      keys: 'Ctrl+Shift+F',
      run: () => keys.finding.set(active.id),
    });
    const view = () => views.peek(active.id)?.terminal;
    commands.push(
      { group: groups.terminals, title: strings.terminals.menu.clear, run: () => view()?.clear() },
      { group: groups.terminals, title: strings.terminals.menu.selectAll, run: () => view()?.selectAll() },
    );
    commands.push({
      group: groups.terminals,
      title: strings.terminals.outputs.menu,
      keys: 'Ctrl+Shift+O',
      run: keys.showOutputs,
    });
    if (canWork) {
      commands.push({
        group: groups.terminals,
        title: strings.terminals.closeTab(active.node),
        run: () => closing.close(active.id),
      });
    }
  }
  if (canWork && (terminals.length > 1 || views.isBroadcasting())) {
    commands.push({
      group: groups.terminals,
      title: views.isBroadcasting() ? strings.terminals.broadcastEnd : strings.terminals.broadcast,
      run: () => views.setBroadcasting(!views.isBroadcasting()),
    });
  }
  commands.push(
    { group: groups.view, title: strings.workbench.files, keys: 'Ctrl+Shift+E', run: files.togglePanel },
    { group: groups.view, title: strings.workbench.swarm, run: () => showPanel('swarm') },
    { group: groups.view, title: strings.workbench.timeline, run: () => showPanel('timeline') },
    { group: groups.view, title: strings.terminals.maximize, run: () => workspace.toggleMaximized() },
    { group: groups.view, title: strings.workbench.fullScreen, keys: 'Alt+Enter', run: keys.toggleFullScreen },
    { group: groups.view, title: strings.workbench.settings, run: () => dialog.set({ kind: 'settings' }) },
    {
      group: groups.view,
      title: strings.workbench.screenReader,
      run: () => preferences.update({ screenReader: !preferences.getState().screenReader }),
    },
    ...viewCommands,
    ...THEMES.map((theme) => ({
      group: groups.view,
      title: `${strings.theme.label}: ${strings.theme[theme]}`,
      run: () => chooseTheme(theme),
    })),
    { group: groups.view, title: strings.workbench.help, keys: '?', run: () => dialog.set({ kind: 'shortcuts' }) },
    ...portCommands,
    { group: groups.session, title: strings.workbench.share, run: () => dialog.set({ kind: 'share' }) },
  );
  if (canWork && node !== null) {
    commands.push({
      group: groups.session,
      title: strings.takeHome.title,
      run: () => dialog.set({ kind: 'take-home' }),
    });
  }
  if (isOwner) {
    commands.push(
      { group: groups.session, title: strings.workbench.extendBy(1), run: () => void actions.extend(1) },
      {
        group: groups.session,
        title: strings.workbench.closeSession,
        run: () => dialog.set({ kind: 'close-session' }),
      },
    );
  }
  return commands;
}

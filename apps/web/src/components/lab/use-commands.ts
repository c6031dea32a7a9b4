/** The list of everything that can be done now, for the command palette. */
'use client';

import { HOME } from '../../lab/files-tree.ts';
import { chooseTheme, type Theme } from '../../lab/theme.ts';
import { useCanWork, useIsOwner, useLab, useLabData } from '../../lab/use-lab.tsx';
import { strings } from '../../strings.ts';
import { useShowPanel } from './use-show-panel.ts';

export interface PaletteCommand {
  group: string;
  title: string;
  keys?: string;
  run: () => void;
}

const { groups } = strings.palette;
const THEMES: readonly Theme[] = ['light', 'dark', 'system'];

export function useCommands(): PaletteCommand[] {
  const { actions, dialog, files, keys, preferences, views, workspace } = useLab();
  const { session } = useLabData();
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
        run: () => void actions.closeTerminal(active.id),
      });
      commands.push({
        group: groups.terminals,
        title: views.isTypingInAll() ? strings.terminals.typeAllEnd : strings.terminals.typeAll,
        run: () => views.setTypeInAll(!views.isTypingInAll()),
      });
    }
  }
  commands.push(
    { group: groups.view, title: strings.lab.files, keys: 'Ctrl+Shift+E', run: files.togglePanel },
    { group: groups.view, title: strings.lab.swarm, run: () => showPanel('swarm') },
    { group: groups.view, title: strings.lab.timeline, run: () => showPanel('timeline') },
    { group: groups.view, title: strings.terminals.maximize, run: () => workspace.toggleMaximized() },
    { group: groups.view, title: strings.lab.fullScreen, keys: 'Alt+Enter', run: keys.toggleFullScreen },
    { group: groups.view, title: strings.lab.settings, run: () => dialog.set({ kind: 'settings' }) },
    {
      group: groups.view,
      title: strings.lab.screenReader,
      run: () => preferences.update({ screenReader: !preferences.getState().screenReader }),
    },
    ...THEMES.map((theme) => ({
      group: groups.view,
      title: `${strings.theme.label}: ${strings.theme[theme]}`,
      run: () => chooseTheme(theme),
    })),
    { group: groups.view, title: strings.lab.help, keys: '?', run: () => dialog.set({ kind: 'shortcuts' }) },
    { group: groups.session, title: strings.lab.share, run: () => dialog.set({ kind: 'share' }) },
  );
  if (isOwner) {
    commands.push(
      { group: groups.session, title: strings.lab.extendBy(1), run: () => void actions.extend(1) },
      { group: groups.session, title: strings.lab.closeSession, run: () => dialog.set({ kind: 'close-session' }) },
    );
  }
  return commands;
}

/** Everything that can be done now, for the command palette: the command table, and what this session's nodes, ports and panels add. */
'use client';

import { strings } from '../../strings.ts';
import { copyText } from '../../workbench/base/clipboard.ts';
import { TERMINAL_THEMES } from '../../workbench/base/terminal-themes.ts';
import { chooseTheme, type Theme } from '../../workbench/base/theme.ts';
import { useCanWork, useIsOwner, useWorkbench, useWorkbenchData } from '../../workbench/use-workbench.tsx';
import { COMMANDS, titleOfCommand } from '../../workbench/workspace/commands.ts';
import { useTemplates } from '../nodes/templates-menu.tsx';
import { useSessionPanels, useShowPanel, useShowPreview } from './use-show-panel.ts';

export interface PaletteCommand {
  group: string;
  title: string;
  keys?: string | undefined;
  run: () => void;
}

const { groups } = strings.palette;
const THEMES: readonly Theme[] = ['light', 'dark', 'system'];

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

/** The session's nodes, and the templates that would add some. */
function useNodeCommands(): PaletteCommand[] {
  const { actions } = useWorkbench();
  const { session } = useWorkbenchData();
  const templates = useTemplates();
  const canWork = useCanWork();
  const group = groups.nodes;
  return [
    ...session.nodes.map(({ name }) => ({ group, title: strings.nodes.open(name), run: () => actions.showNode(name) })),
    ...(canWork ? templates : []).map((template) => ({
      group,
      title: strings.nodes.applyTemplate(template.title),
      run: () => void actions.applyTemplate(template),
    })),
  ];
}

/** The panels of the session, and the colours of page and terminals. */
function useViewCommands(): PaletteCommand[] {
  const { preferences } = useWorkbench();
  const panels = useSessionPanels();
  const showPanel = useShowPanel();
  const group = groups.view;
  return [
    ...panels.map(({ kind, name }) => ({ group, title: name, run: () => showPanel(kind) })),
    ...TERMINAL_THEMES.map((terminalTheme) => ({
      group,
      title: `${strings.settings.terminal}: ${strings.settings.themes[terminalTheme]}`,
      run: () => preferences.update({ terminalTheme }),
    })),
    ...THEMES.map((theme) => ({
      group,
      title: `${strings.theme.label}: ${strings.theme[theme]}`,
      run: () => chooseTheme(theme),
    })),
  ];
}

/** The commands of the table that mean something now. */
function useTableCommands(): PaletteCommand[] {
  const { commandContext: context } = useWorkbench();
  // What commands mean changes with the session.
  useWorkbenchData();
  return Object.values(COMMANDS)
    .filter((command) => !command.hidden && (command.when?.(context) ?? true))
    .map((command) => ({
      group: groups[command.group],
      title: titleOfCommand(command, context),
      keys: command.keys?.[0].press[0],
      run: () => command.run(context),
    }));
}

export function useCommands(): PaletteCommand[] {
  const nodes = useNodeCommands();
  const table = useTableCommands();
  const view = useViewCommands();
  const ports = usePortCommands();
  const all = [...nodes, ...table, ...view, ...ports];
  return Object.values(groups).flatMap((group) => all.filter((command) => command.group === group));
}

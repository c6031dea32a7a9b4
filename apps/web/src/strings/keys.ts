/** The command palette and the keyboard help. */

export const palette = {
  title: 'Commands',
  placeholder: 'Type a command or a node’s name…',
  none: 'No command of that name.',
  groups: { nodes: 'Nodes', ports: 'Ports', terminals: 'Terminals', session: 'Session', view: 'View' },
} as const;

export const shortcuts = {
  title: 'Keyboard shortcuts',
  text: 'On a Mac, use ⌘ for copying and pasting; everything else goes by Ctrl, so that the shell keeps its keys.',
  browser:
    'Browsers keep Ctrl+N, Ctrl+T and Ctrl+W for themselves. In an installed app window or in full screen (Chromium), they reach the shell.',
  groups: [
    {
      title: 'Everywhere',
      keys: [
        ['F1', 'Command palette'],
        ['Ctrl+Shift+P', 'Command palette, also over vim or nano'],
        ['Ctrl+K', 'Command palette (outside terminals)'],
        ['Ctrl+Shift+E', 'Files'],
        ['Alt+Enter', 'Full screen'],
        ['?', 'This list (outside terminals)'],
        ['F6', 'Move between terminal and node list'],
        ['Shift+F6', 'The same, also over vim or nano'],
        ['F8', 'Go to notifications'],
      ],
    },
    {
      title: 'In a terminal',
      keys: [
        ['Ctrl+C', 'Copy when text is selected, else interrupt'],
        ['Ctrl+Shift+C / Ctrl+Insert', 'Copy'],
        ['Ctrl+Shift+V / Shift+Insert', 'Paste'],
        ['Ctrl+V', 'Paste (on Windows and ChromeOS, or by the settings)'],
        ['Ctrl+Shift+F', 'Find'],
        ['Ctrl+Shift+O', 'Read commands and outputs one by one'],
        ['Ctrl++ / Ctrl+-', 'Font size'],
        ['Ctrl+0', 'Usual font size'],
      ],
    },
    {
      title: 'Tabs and tiles',
      keys: [
        ['Ctrl+Shift+Enter', 'New terminal on this node'],
        ['Ctrl+Shift+← / →', 'Tab before, tab after'],
        ['Ctrl+Shift+↑ / ↓', 'Tile before, tile after'],
        ['Alt+Shift+← / → / ↑ / ↓', 'Move the tab, to another tile or into one of its own'],
      ],
    },
  ],
} as const;

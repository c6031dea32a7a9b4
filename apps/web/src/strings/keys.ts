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
  sections: { everywhere: 'Everywhere', terminal: 'In a terminal', tiles: 'Tabs and tiles' },
  /** Said behind a key that is not the page’s everywhere. */
  reach: {
    anywhere: '',
    'not-over-programs': '(not over vim or nano)',
    terminal: '',
    page: '(outside terminals)',
  },
  palette: 'Command palette',
  thisList: 'This list',
  crossOver: 'Move between terminal and node list',
  find: 'Find',
  outputs: 'Read commands and outputs one by one',
  newTerminal: 'New terminal on this node',
  moveTab: 'Move the tab, to another tile or into one of its own',
  nextLayout: 'Next layout: Build, Swarm, Learn',
  stepTab: 'Previous tab, next tab',
  stepTile: 'Previous tile, next tile',
  /** Keys that a part of the page has for itself: they run no command. */
  others: {
    everywhere: [['F8', 'Go to notifications']],
    terminal: [
      ['Ctrl+C', 'Copy when text is selected, else interrupt'],
      ['Ctrl+Shift+C / Ctrl+Insert', 'Copy'],
      ['Ctrl+Shift+V / Shift+Insert', 'Paste'],
      ['Ctrl+V', 'Paste (on Windows and ChromeOS, or by the settings)'],
    ],
    tiles: [],
  },
} as const;

/** The workbench's frame, its links and its ends. */
import { plural } from './plural.ts';

export const workbench = {
  skipToTerminal: 'Skip to the terminal',
  skipScreenReader: 'Turn on screen reader mode',
  skipScreenReaderOff: 'Turn off screen reader mode',
  skipOutputs: 'Read commands and outputs',
  opening: 'Opening your session…',
  untitled: (id: string) => `Session ${id}`,
  menu: 'Nodes and session',
  hideSidebar: 'Hide the sidebar',
  showSidebar: 'Show the sidebar',
  timeLeft: 'Time left',
  timeLeftFor: (time: string) => `${time} left`,
  warning: (minutes: number) =>
    `${plural(minutes, 'minute', 'minutes')} left. Extend the session or save what you want to keep.`,
  extend: 'Extend',
  extendBy: (hours: number) => `Extend by ${plural(hours, 'hour', 'hours')}`,
  idleWarning: (minutes: number) =>
    `Nobody does anything here: the session ends in ${plural(minutes, 'minute', 'minutes')}. Type something to keep it.`,
  extended: (time: string) => `Extended. ${time} left now.`,
  closeSession: 'Close session',
  more: 'More',
  rights: {
    owner: { label: 'Owner', hint: 'You may do everything in this session.' },
    collaborator: { label: 'Collaborator', hint: 'You may use nodes, terminals, files and ports.' },
    viewer: { label: 'Viewer', hint: 'You watch; terminals do not take your typing.' },
  },
  commands: 'Commands',
  settings: 'Settings',
  share: 'Share',
  files: 'Files',
  /** The panels of a session: a key here is a kind of panel. */
  panels: { lab: 'Lab', swarm: 'Swarm', timeline: 'Timeline' },
  loadingPanel: 'Opening…',
  screenReader: 'Screen reader',
  help: 'Keyboard shortcuts',
  fullScreen: 'Full screen',
  renameMenu: 'Rename session…',
  rename: (name: string) => `Rename session ${name}`,
  shareMenu: 'Share…',
  closeMenu: 'Close session…',
  sessionMenu: (name: string) => `Session ${name}`,
  nextLayout: 'Next layout',
  layouts: { build: 'Build', swarm: 'Swarm', learn: 'Learn' },
  layoutOf: (name: string) => `Layout: ${name}`,
  layoutNow: (name: string) => `Layout: ${name}. Ctrl+Shift+L shows the next one.`,
  copied: 'Copied',
  copy: (what: string) => `Copy ${what}`,
  copyFailed: 'The browser refused to copy. Select the text and copy it by hand.',
  retry: 'Try again',
  dismiss: 'Dismiss',
  cancel: 'Cancel',
  close: 'Close',
  done: 'Done',
  notifications: 'Messages',
} as const;

export const connection = {
  offline: 'Reconnecting… your processes keep running.',
  waitingKeys: (count: number) => `${plural(count, 'key', 'keys')} waiting to be sent.`,
  now: 'Reconnect now',
  back: 'Back. Nothing was lost.',
  frozen: (reason: string) => `The operator of this place has frozen the nodes of this session: ${reason}`,
  latency: (ms: number) => `${ms} ms`,
  latencyLabel: (ms: number) => `Connection: ${ms} milliseconds there and back`,
  latencyUnknown: 'Connection: measuring',
} as const;

export const closeDialog = {
  title: 'Close session?',
  text: 'All of this is removed at once and cannot be brought back:',
  nodes: (count: number) =>
    count === 0 ? 'no nodes yet' : `${plural(count, 'node', 'nodes')} with containers, images, volumes and files`,
  terminals: (count: number) => `${plural(count, 'terminal', 'terminals')} and what runs in them`,
  links: 'the links you shared',
  hint: 'To keep something, download it first:',
  takeHome: 'files, shell history, timeline',
  keep: 'Keep working',
  confirm: 'Close session',
  closing: 'Closing…',
} as const;

export const people = {
  title: 'Here now',
  open: (count: number) => `${plural(count, 'person is', 'people are')} here`,
  me: 'You',
  you: (name: string) => (name === 'You' ? 'You' : `${name} (you)`),
  guest: (letters: string) => `Guest ${letters}`,
  follow: (name: string) => `Follow ${name}`,
  followShort: 'Follow',
  following: 'Following',
  followingNow: (name: string) => `You see the terminal that ${name} looks at.`,
  stop: 'Stop following',
  nameLabel: 'Your name',
  nameHint: 'Shown to the people of this session; kept in this browser.',
} as const;

export const rename = {
  title: 'Rename session',
  label: 'Session name',
  hint: 'Everybody in the session sees it. Leave it empty for no name.',
  save: 'Save',
  failed: 'The session was not renamed.',
} as const;

export const share = {
  title: 'Share this session',
  text: 'Whoever has a link has its right. Send the one that fits.',
  owner: { title: 'Own', text: 'Everything, also extending, sharing and closing. Keep it to yourself.' },
  collaborator: { title: 'Work together', text: 'Use and add nodes, type in terminals, edit files, use all ports.' },
  viewer: {
    title: 'Watch',
    text: 'See terminals and nodes. They can open the pages of ports, private ones too, and do there whatever a page lets its visitors do.',
  },
  make: 'Make a link',
  making: 'Making…',
  renew: 'New link',
  renewOf: (title: string) => `New link: ${title}`,
  renewAsk: 'The old link stops working, and people who came by it are out at once.',
  renewDo: 'Replace it',
  withdraw: 'Withdraw',
  withdrawOf: (title: string) => `Withdraw: ${title}`,
  withdrawAsk: 'People who came by this link are out at once.',
  withdrawDo: 'Withdraw it',
  stored: 'These links are kept in this browser only. A lost link cannot be shown again, but a new one can be made.',
  notOwner: 'Only the owner can make links. You may pass on the link you were given.',
  copyLink: (title: string) => `Copy the link: ${title}`,
} as const;

export const ended = {
  expired: { title: 'The time is up', text: 'The session has ended and everything in it was removed.' },
  idle: { title: 'Nobody was here', text: 'The session was ended because nothing was done in it for a while.' },
  /** In the place of `text` while there is something to fetch. */
  stopped: 'The session has ended: nothing runs in it any more.',
  retainedTitle: 'Files',
  retainedText: 'You can still fetch your files. They are removed in',
  retainedOver: 'The files were removed too.',
  download: (node: string) => `Download /root of ${node}`,
  closed: { title: 'The session was closed', text: 'Everything in it was removed.' },
  operator: { title: 'The operator ended this session', text: 'Everything in it was removed.' },
  revoked: { title: 'This link was withdrawn', text: 'The owner withdrew the link that you came with.' },
  refused: {
    title: 'This link opens nothing',
    text: 'The session has ended, or the link is incomplete. Links hold a part after the # sign; copy the whole link.',
  },
  again: 'Start the same again',
  home: 'To the start page',
} as const;

export const notFound = {
  title: 'There is nothing here',
  text: 'The address is wrong, or what was here is gone.',
} as const;

export const crashed = {
  title: 'The page broke',
  text: 'Your nodes and terminals keep running; reload to come back to them.',
  reload: 'Reload',
} as const;

export const errors = {
  addNode: 'The node was not added.',
  deleteNode: 'The node was not deleted.',
  closeSession: 'The session was not closed.',
  extend: 'The session was not extended.',
  openTerminal: 'The terminal was not opened.',
  stack: 'The stack was not started.',
  noNodeForStack: 'The docker of the first node did not answer in time.',
  closeTerminal: 'The terminal was not closed.',
  port: 'The port was not changed.',
  template: 'The template was not applied.',
  link: 'The link was not made.',
  withdraw: 'The link was not withdrawn.',
} as const;

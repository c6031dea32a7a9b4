/** The start page, the library page and what all pages share. */
import { plural } from './plural.ts';

export const product = {
  name: 'Drydock',
  title: 'Drydock: real Docker hosts in a browser tab',
  description: 'A small data centre of real Docker hosts in your browser: root in every node, a swarm between them.',
} as const;

export const landing = {
  headline: 'A small data centre in a browser tab.',
  lead: 'Real Docker hosts, each with its own engine, disk and address, on one network. You are root in all of them, and none of it touches your machine.',
  start: 'Start',
  starting: 'Starting…',
  noAccount: (hours: string) => `No account. ${hours}, then everything is removed.`,
  withAccount: (hours: string) => `${hours}, then everything is removed.`,
  signIn: {
    button: 'Sign in to start',
    link: 'Sign in',
    required: 'Sessions here are for people who signed in.',
    optional: 'You may sign in, but need not.',
    as: (name: string, sessions: number, most: number) => `Signed in as ${name}: ${sessions} of ${most} sessions.`,
    out: 'Sign out',
  },
  templates: 'Begin with a template',
  templateNodes: (count: number) => plural(count, 'node', 'nodes'),
  templatesFailed: 'The templates could not be loaded; Start works without them.',
  startTemplate: (title: string) => `Start with ${title}`,
  recent: 'Your recent sessions',
  rejoin: (name: string) => `Continue ${name}`,
  continue: 'Continue',
  startedAt: (clock: string) => `started ${clock}`,
  emptySession: 'Empty session',
  emptyText: 'No nodes yet: add them yourself.',
  startEmpty: 'Start an empty session',
  readyIn: (seconds: number) => `ready in ${seconds} s`,
  forget: (name: string) => `Forget ${name}`,
  recentNote: 'Remembered by this browser alone, with the links you were given.',
  leftOf: (time: string) => `${time} left`,
  right: { owner: 'owner', collaborator: 'collaborator', viewer: 'viewer' },
  facts: [
    { title: 'Stock Docker Engine', text: 'Compose, Buildx and Swarm with its routing mesh, as packaged by Debian.' },
    { title: 'Ports you can open', text: 'Publish 8080 and its link appears above the terminal.' },
    { title: 'Terminals that last', text: 'They survive a refresh, sleep and a lost network, to the byte.' },
  ],
  capacity: {
    unknown: 'Asking the hosts…',
    ready: (free: number) => `${plural(free, 'node', 'nodes')} free`,
    warm: (pool: number) => `${pool} warm: a prompt in about a second`,
    stopped: (message: string) => `No new sessions at the moment: ${message}`,
    full: 'Every host is full right now. Start takes a place in the queue.',
    notReady: 'No host is connected yet. If this Drydock was just started, give it a few seconds.',
    unreachable: 'The server does not answer.',
  },
  full: {
    title: 'Every host is full right now',
    place: (place: number) => `You would be number ${place} in the queue.`,
    estimate: (time: string) => `The next place should be free in about ${time}.`,
    retry: (time: string) => `Trying again in ${time}.`,
    stop: 'Stop trying',
  },
  failed: 'The session could not be started.',
  stack: {
    label: 'A stack to start',
    title: (host: string) => `This link brings a stack from ${host}`,
    what: 'Press Start: a fresh node fetches it and starts it, by this command in its terminal.',
    unusable: 'This link names a stack that cannot be fetched: it takes a full http or https address.',
  },
  templateLink: {
    label: 'A template to start',
    title: (title: string) => `This link chooses a template: ${title}`,
    what: (count: number) => `Press Start: it makes ${plural(count, 'node', 'nodes')}.`,
    unknown: 'This link chooses a template that is not here. Start works without it.',
  },
  drawing: 'Drawing of a dry dock: three hulls, node1 to node3, stand on their blocks, joined by one network line.',
} as const;

export const library = {
  title: 'The image library',
  link: 'Image library',
  lead: 'These images are built in and work without internet access. Docker finds them by their usual names; `docker search` lists them too.',
  loading: 'Reading the library…',
  failed: 'The library could not be read: the server does not answer. Reload the page in a moment.',
  empty: 'This Drydock has no library yet: the host that holds it is not connected.',
  search: 'Search images',
  notFound: (search: string) => `No image of this library matches “${search}”.`,
  otherTags: 'Tags:',
  copy: (command: string) => `Copy ${command}`,
  ownTitle: 'A registry of your own',
  ownLead:
    'Images you build stay in your session. Start a registry on a node and every node of the session can pull from it.',
  ownCommands:
    'docker run -d --name registry -p 5000:5000 registry:2\ndocker tag myapp localhost:5000/myapp\ndocker push localhost:5000/myapp\ndocker pull node1:5000/myapp     # on any other node',
} as const;

export const theme = {
  label: 'Colours of the page',
  system: 'Like the system',
  light: 'Light',
  dark: 'Dark',
} as const;

/** The frame on a page of another site: what it says of each state, and what it asks before the page types. */
import { plural } from './plural.ts';

export const embed = {
  title: (host: string) => `Drydock on ${host}`,
  listening: 'Opening…',
  starting: 'Starting…',
  startingText: 'Real Docker hosts start in a few seconds.',
  resuming: 'Going on where you were…',
  alone: {
    title: 'This is a window for other pages',
    text: 'It shows terminals on the page of a tutorial. There is no page around it here.',
    home: 'To the start page',
  },
  sandboxed: {
    title: 'This page shows us in a locked sandbox',
    text: 'Its owner can add “allow-same-origin” to the sandbox of its frame. Until then, work in a tab of your own.',
    open: 'Open in a tab',
  },
  idle: {
    title: (nodes: number) => (nodes === 1 ? 'A real Docker host' : `${nodes} real Docker hosts`),
    lab: 'A lab on real Docker hosts',
    text: (host: string) => `On ${host}, for a limited time, without an account.`,
    start: 'Start',
  },
  waiting: {
    title: 'Every place is taken right now',
    place: (place: number) => (place === 1 ? 'You are next.' : `You are number ${place} in the queue.`),
    estimate: (time: string) => `The next place should be free in about ${time}.`,
    retry: (time: string) => `Trying again in ${time}.`,
    stop: 'Stop waiting',
  },
  ended: {
    again: 'Start again',
    text: 'Everything in it was removed. You can start afresh.',
  },
  refused: {
    title: 'It could not be started',
    again: 'Try again',
  },
  terminals: 'Terminals',
  lab: 'Lab',
  newTerminal: (node: string) => `New terminal on ${node}`,
  openFull: 'Open in a full tab',
  ports: 'Open ports',
  port: (port: number, node: string) => `Open port ${port} of ${node} in a tab`,
  portFailed: (port: number) => `Port ${port} was not opened.`,
  portBlocked: 'Your browser did not let this page open a tab.',
  offer: {
    there: (port: number, node: string) => `This page links to port ${port} of ${node}.`,
    notYet: (port: number, node: string) => `Nothing listens on port ${port} of ${node} yet.`,
  },
  dismiss: 'Dismiss',
  noNodes: 'No nodes yet.',
  ask: {
    title: (site: string) => `${site} wants to type for you`,
    unnamed: 'This page',
    into: (node: string | undefined) => (node === undefined ? 'Into the terminal:' : `Into ${node}:`),
    file: (path: string) => `The file ${path}:`,
    more: (count: number) => `and ${plural(count, 'more text', 'more texts')}`,
    allow: 'Let it type',
    refuse: 'No',
    hint: 'You see everything that it types. It is asked once.',
  },
  busy: {
    text: (node: string, command: string) =>
      command === '' ? `Something runs in the terminal of ${node}.` : `“${command}” still runs on ${node}.`,
    drop: 'Do not run it',
  },
} as const;

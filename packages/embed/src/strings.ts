/** Every sentence that an element shows on a page of another site; what the frame shows is in the strings of apps/web. */
export const strings = {
  start: 'Start',
  tryAgain: 'Try again',
  what: (nodes: number) => (nodes === 1 ? 'A real Docker host' : `${nodes} real Docker hosts`),
  lab: 'A lab on real Docker hosts',
  where: (host: string) => `on ${host}, for a limited time, without an account`,
  frame: 'Docker terminal',
  labFrame: 'Docker lab',
  away: (host: string) => `${host} does not answer. Your page is fine; try again in a moment.`,
  localRefused:
    'Your browser does not let this site reach a server on your own network. Allow it in the site’s settings, then try again.',
  insecure: (host: string) =>
    `${host} is reached by http, which a page on https may not show. The site’s owner can serve it by https.`,
  sandboxed: (host: string) =>
    `This page is shown in a sandbox that lets nothing of ${host} work. Open the page by itself.`,
  run: 'Run',
  runIn: (node: string) => `Run in ${node}`,
  running: 'Running …',
  finished: (exit: number) => `Finished with ${exit}`,
  typed: 'Typed into the terminal',
  failed: 'It could not be run',
  repaired: 'The site had changed quotes, dashes or blanks in this text; they are put right here.',
} as const;

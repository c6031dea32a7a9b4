/** What terminals tell, on its way to managers: the terminal host is asked before the links are there, and heard once they are. */
import type { TerminalClientEvents } from '../terminals/terminal-client.ts';
import type { ManagerLinks } from './manager-links.ts';
import type { TerminalCommands } from './terminal-commands.ts';

export interface Outlet {
  /** Of the terminal host; what comes before `connect` has no viewer to go to. */
  events: TerminalClientEvents;
  /** Whose manager a viewer is of. */
  viewers: Pick<ManagerLinks, 'claim' | 'release'>;
  connect(links: ManagerLinks, commands: Pick<TerminalCommands, 'forget'>): void;
}

/** Builds it, unconnected. */
export function createOutlet(): Outlet {
  let links: ManagerLinks | undefined;
  let commands: Pick<TerminalCommands, 'forget'> | undefined;
  return {
    events: {
      onOutput: (output) => links?.sendOutput(output),
      onScreen: (screen) => links?.sendScreen(screen),
      onSize: (size) => links?.sendSize(size),
      onExit(exit) {
        if (exit.viewerId === undefined) commands?.forget(exit.terminalId);
        links?.sendExit(exit);
      },
      // A terminal host that came back holds other terminals than the last hello said.
      onConnected: () => links?.renew(),
    },
    viewers: {
      claim: (viewerId, url) => links?.claim(viewerId, url),
      release: (viewerId) => links?.release(viewerId),
    },
    connect(nowLinks, nowCommands) {
      links = nowLinks;
      commands = nowCommands;
    },
  };
}

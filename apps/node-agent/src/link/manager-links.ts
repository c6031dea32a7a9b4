/** The agent's connections to all managers: facts go to each of them, a viewer's bytes to the one that attached it. */
import type { AgentExit, AgentFact, ViewerOutput, ViewerSize, viewerScreenSchema } from '@drydock/protocol';
import type { z } from 'zod';
import { createManagerLink, type ManagerLink, type ManagerLinkDeps } from './manager-link.ts';

export interface ManagerLinksDeps extends Omit<ManagerLinkDeps, 'url' | 'onDisconnected' | 'dispatcher'> {
  urls: readonly string[];
  dispatcher: { handle(message: unknown, from: string): Promise<unknown> };
  /** The manager that attached these viewers is away: it will attach them anew, or another one will. */
  onViewersLost(viewerIds: readonly string[]): void;
}

export interface ManagerLinks {
  start(): void;
  stop(): void;
  /** Breaks every connection on purpose, so that new hellos tell of what no fact can. */
  renew(): void;
  /** A manager attaches a viewer: from now on its events go there. */
  claim(viewerId: string, url: string): void;
  /** The viewer is detached. */
  release(viewerId: string): void;
  sendFact(fact: AgentFact): void;
  sendOutput(output: ViewerOutput): void;
  sendScreen(screen: z.infer<typeof viewerScreenSchema>): void;
  sendSize(size: ViewerSize): void;
  /** Without a viewer the end is every manager's news. */
  sendExit(exit: AgentExit): void;
}

/** Builds one link per address; nothing is dialled before `start`. A manager that is away costs the others nothing. */
export function createManagerLinks(deps: ManagerLinksDeps): ManagerLinks {
  const { urls, dispatcher, onViewersLost, ...shared } = deps;
  const links = new Map<string, ManagerLink>();
  const viewers = new Map<string, ManagerLink>();

  function onDisconnected(url: string): void {
    const link = links.get(url);
    const lost = [...viewers].filter(([, owner]) => owner === link).map(([viewerId]) => viewerId);
    for (const viewerId of lost) viewers.delete(viewerId);
    if (lost.length > 0) onViewersLost(lost);
  }

  for (const url of urls) {
    links.set(
      url,
      createManagerLink({
        ...shared,
        url,
        dispatcher: { handle: (message) => dispatcher.handle(message, url) },
        onDisconnected: () => onDisconnected(url),
      }),
    );
  }
  const all = (act: (link: ManagerLink) => void) => {
    for (const link of links.values()) act(link);
  };

  return {
    start: () => all((link) => link.start()),
    stop: () => all((link) => link.stop()),
    renew: () => all((link) => link.renew()),
    claim(viewerId, url) {
      const link = links.get(url);
      if (link !== undefined) viewers.set(viewerId, link);
    },
    release: (viewerId) => void viewers.delete(viewerId),
    sendFact: (fact) => all((link) => link.sendFact(fact)),
    sendOutput: (output) => viewers.get(output.viewerId)?.sendOutput(output),
    sendScreen: (screen) => viewers.get(screen.viewerId)?.sendScreen(screen),
    sendSize: (size) => viewers.get(size.viewerId)?.sendSize(size),
    sendExit(exit) {
      if (exit.viewerId === undefined) return all((link) => link.sendExit(exit));
      viewers.get(exit.viewerId)?.sendExit(exit);
      viewers.delete(exit.viewerId);
    },
  };
}

/** Addresses that a program in a node prints and that mean the node itself or its neighbours: the visitor's own machine is never meant. */

import { portUrl } from '../base/port-url.ts';
import type { WorkbenchStore } from '../session/workbench-store.ts';

export interface NodeAddressDeps {
  /** The node in whose terminal the address stands. */
  here: string;
  nodes: readonly { name: string; ip: string }[];
  /** The address by which this browser opens a port of a node. */
  urlOf(node: string, port: number): string;
}

/** What stands for the machine that says it; a URL parser has brought all of 127.0.0.0/8 and `::1` into one form. */
const OWN = /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

/** `http://localhost:8080/x` of node1 as the address of node1's port 8080; `target` itself when it means no node of the session. */
export function forThisBrowser(target: string, { here, nodes, urlOf }: NodeAddressDeps): string {
  const url = new URL(target);
  const node = OWN.test(url.hostname)
    ? here
    : nodes.find(({ name, ip }) => url.hostname === ip || url.hostname === name)?.name;
  if (node === undefined) return target;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const opened = new URL(urlOf(node, port));
  opened.pathname = opened.pathname.replace(/\/$/, '') + url.pathname;
  opened.search = url.search;
  opened.hash = url.hash;
  return opened.href;
}

/** Where links of terminals lead from this browser; `nodeOf` is a terminal's node, also when its shell has ended, `page` the page's own address. */
export function createLinkResolver(
  store: Pick<WorkbenchStore, 'getState'>,
  nodeOf: (terminalId: string) => string | undefined,
  page: URL,
) {
  return (terminalId: string, target: string): string => {
    const { data } = store.getState();
    const here = nodeOf(terminalId);
    if (data === null || here === undefined) return target;
    const { id, nodes } = data.session;
    function urlOf(node: string, port: number): string {
      const open = (data?.ports[node] ?? []).filter(({ protocol }) => protocol === 'tcp');
      const same = open.find((other) => other.port === port)?.url;
      return same ?? portUrl(port, node, id, open[0]?.url, page);
    }
    return forThisBrowser(target, { here, nodes, urlOf });
  };
}

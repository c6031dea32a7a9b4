/** Where the network of a session reaches a node: a runtime hands it out, the networks of the same platform take it. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { NetnsRef } from './netns-sockets.ts';

export type NodePlug =
  /** A network namespace, into which one end of a link is put. */
  | { kind: 'namespace'; netns: Required<NetnsRef> }
  /** Nothing to connect to: networks that only pretend call `connectTcp` for whoever asks for the node's address. */
  | { kind: 'pretended'; connectTcp: (port: number) => Promise<Socket> };

/** The plug's namespace, held open: `path` leads there and nowhere else until `close`, whatever becomes of the node. */
export interface OpenNamespace {
  fd: number;
  path: string;
  close(): void;
}

/** Opens it. @throws Error with ESTALE when the path leads to another namespace by now; other errno errors when it is gone. */
export function openNamespace(plug: NodePlug): OpenNamespace {
  if (plug.kind !== 'namespace') throw new Error('a node without a network namespace cannot have a link');
  const { path, inode } = plug.netns;
  const fd = openSync(path, 'r');
  if (fstatSync(fd).ino !== inode) {
    closeSync(fd);
    throw Object.assign(new Error(`${path} is another namespace`), { code: 'ESTALE' });
  }
  return { fd, path: `/proc/self/fd/${fd}`, close: () => closeSync(fd) };
}

/** Handles of nodes that are processes of this host: their network namespace, their file tree, and the watches of the kernel over them. */
import { stat } from 'node:fs/promises';
import type { Clock, Logger } from '@drydock/service-kit';
import type { NetnsSockets } from '../../system/netns-sockets.ts';
import type { NodeHandle, NodeObserver } from '../runtime.ts';
import { createOomWatch } from './observe/oom-watch.ts';
import { createSocketWatch } from './observe/socket-watch.ts';

/** A node's first process, and what is its own for life. */
export interface FirstProcess {
  pid: number;
  /** See processStartTime. */
  startTime: bigint;
  /** The cgroup that holds its memory limit, where the kernel tells of kills for want of memory; undefined: nothing limits it. */
  memoryGroup: string | undefined;
}

export interface NodeHandles {
  /** @throws ENOENT when the process has ended. */
  of(first: FirstProcess): Promise<NodeHandle>;
  /** Ends all watches. */
  close(): void;
}

export interface NodeHandlesDeps {
  nativeDir: string;
  sockets: NetnsSockets;
  clock: Clock;
  logger: Logger;
}

/** What names a node among all that this machine ever had since its boot. */
export const handleId = (pid: number, startTime: bigint) => `${pid}-${startTime}`;

/** Builds them; the watching programs are started with the first observer. */
export function createNodeHandles({ nativeDir, sockets, clock, logger }: NodeHandlesDeps): NodeHandles {
  const observers = new Map<string, NodeObserver>();
  const base = { nativeDir, clock, logger };
  const socketWatch = createSocketWatch({ ...base, onSockets: (id, list) => observers.get(id)?.onSockets(list) });
  const oomWatch = createOomWatch({ ...base, onOom: (id) => observers.get(id)?.onOom() });
  let observed = 0;

  return {
    async of({ pid, startTime, memoryGroup }) {
      const path = `/proc/${pid}/ns/net`;
      // With the inode a number that has passed to another process is never taken for the node's.
      const netns = { path, inode: (await stat(path)).ino };
      const id = handleId(pid, startTime);
      return {
        id,
        plug: { kind: 'namespace', netns },
        connectTcp: (host, port, timeoutMs) => sockets.connectTcp(netns, host, port, timeoutMs),
        connectUnix: (socketPath) => sockets.connectUnix(pid, socketPath, netns.inode),
        alive: () =>
          stat(path).then(
            (found) => found.ino === netns.inode,
            () => false,
          ),
        observe(observer) {
          observed += 1;
          const own = `${id}/${observed}`;
          observers.set(own, observer);
          socketWatch.add(own, pid, netns.inode);
          if (memoryGroup !== undefined) oomWatch.add(own, memoryGroup);
          return () => {
            observers.delete(own);
            socketWatch.remove(own);
            oomWatch.remove(own);
          };
        },
      };
    },
    close() {
      observers.clear();
      socketWatch.close();
      oomWatch.close();
    },
  };
}

/** Handles of fake nodes: an engine that is played for each, and the sockets of the programs that its shells start. */
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ListeningSocket, NodeHandle, NodeKey, NodeObserver } from '../runtime.ts';
import { serveEngine } from './engine/api.ts';
import { createEngine } from './engine/engine.ts';
import type { Engine } from './engine/model.ts';
import { readIdentity } from './identity.ts';
import { socketsByHome } from './process-sockets.ts';

/** Between two looks at the sockets of all nodes (ms)... */
const LOOK_MS = 500;
/** ...or so many times as long as the last one took: it reads the environment of every process of this user, and a bench has a thousand shells... */
const LOOK_SHARE = 50;
/** ...but no longer than a person waits for a port of theirs to be shown (ms). */
const LONGEST_PAUSE_MS = 5000;

export interface FakeHandlesDeps {
  home: (key: NodeKey) => string;
  /** Whether the node of that id still lives under the key. */
  isAlive: (id: string, key: NodeKey) => Promise<boolean>;
}

export interface FakeHandles {
  /** The handle of the node of that id, which has this key by now. */
  of(id: string, key: NodeKey): NodeHandle;
  /** The node is gone: its engine ends. */
  forget(id: string): void;
  close(): void;
}

interface Own {
  /** The key that the node has by now. */
  place: { key: NodeKey };
  handle: NodeHandle;
  engine: Engine;
  sockets: readonly ListeningSocket[];
  observers: Set<NodeObserver>;
}

const failure = (code: string, text: string) => Object.assign(new Error(text), { code });

/** Builds them. */
export function createFakeHandles({ home, isAlive }: FakeHandlesDeps): FakeHandles {
  const handles = new Map<string, Own>();
  let looking: AbortController | undefined;

  function tell(own: Own): void {
    const sockets = [...own.sockets, ...own.engine.sockets()];
    for (const observer of own.observers) observer.onSockets(sockets);
  }

  async function look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const started = performance.now();
      const observed = [...handles.values()].filter(({ observers }) => observers.size > 0);
      const found = await socketsByHome(new Set(observed.map(({ place }) => home(place.key))));
      for (const own of observed) {
        const now = found.get(home(own.place.key)) ?? [];
        if (JSON.stringify(now) === JSON.stringify(own.sockets)) continue;
        own.sockets = now;
        tell(own);
      }
      const pause = Math.min(LONGEST_PAUSE_MS, Math.max(LOOK_MS, LOOK_SHARE * (performance.now() - started)));
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Only what the node itself has: nothing else of this machine is reached through a node. */
  async function connectTcp({ engine, sockets }: Own, port: number): Promise<Socket> {
    if (!sockets.some((socket) => socket.port === port)) return engine.connectTcp(port);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: 'localhost', port, allowHalfOpen: true, noDelay: true });
      socket.once('error', reject).once('connect', () => resolve(socket.off('error', reject)));
    });
  }

  function make(id: string, key: NodeKey): Own {
    const place = { key };
    const engine = createEngine(
      {
        home: () => home(place.key),
        identity: () => readIdentity(home(place.key)),
        peers: () =>
          [...handles.values()].flatMap((other) =>
            other.place.key.sessionId === place.key.sessionId ? [other.engine] : [],
          ),
      },
      serveEngine,
    );
    const reach = async (port: number) => {
      if (!handles.has(id)) throw failure('ENOENT', 'the node has ended');
      return connectTcp(own, port);
    };
    const own: Own = {
      place,
      engine,
      sockets: [],
      observers: new Set(),
      handle: {
        id,
        plug: { kind: 'pretended', connectTcp: reach },
        connectTcp: (_host, port) => reach(port),
        connectUnix(path) {
          if (!handles.has(id)) throw failure('ENOENT', 'the node has ended');
          return connect(join(home(place.key), path));
        },
        alive: async () => handles.has(id) && isAlive(id, place.key),
        observe(observer) {
          own.observers.add(observer);
          observer.onSockets([...own.sockets, ...engine.sockets()]);
          if (looking === undefined) {
            looking = new AbortController();
            void look(looking.signal);
          }
          return () => own.observers.delete(observer);
        },
      },
    };
    engine.onPorts(() => tell(own));
    return own;
  }

  return {
    of(id, { sessionId, name }) {
      const own = handles.get(id) ?? make(id, { sessionId, name });
      own.place.key = { sessionId, name };
      handles.set(id, own);
      return own.handle;
    },
    forget(id) {
      handles.get(id)?.engine.close();
      handles.delete(id);
    },
    close() {
      looking?.abort();
      for (const { engine } of handles.values()) engine.close();
      handles.clear();
    },
  };
}

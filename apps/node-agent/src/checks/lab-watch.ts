/**
 * Keeps the tables of nodes that labs ask for: looks when their engines tell of something, and tells what changed. Nothing is looked at that
 * nobody asked for within LAB_WATCH_MS.
 */
import { LAB_WATCH_MS, type NodeFacts, type SessionId, type WatchedFacts, type WatchedTable } from '@drydock/protocol';
import type { Clock, Timer } from '@drydock/service-kit';
import type { DockerApi } from '../watch/docker-api.ts';
import type { DockerEvent } from '../watch/docker-watch.ts';
import { type ContainerTable, createContainerTable } from './container-table.ts';
import { type ImageInspect, readImages, readNetworks, readVolumes } from './object-tables.ts';
import { readSwarmExtra } from './swarm-extra.ts';

/** Events come in packs (create, connect, start); one look for all of them (ms). */
const SETTLE_MS = 25;
/** A look rests so many times as long as it took: a node of a thousand containers costs no more of the host than one of ten. */
const REST_FACTOR = 5;
/** The least rest between two looks (ms): a flood of events costs so many looks. */
const MIN_REST_MS = 60;
/** Logs have no events (ms). */
const LOGS_MS = 1_000;
/** To notice what no event told (ms). */
const REST_MS = 30_000;

export interface LabWatch {
  /** Keeps these tables of a node from now on, for LAB_WATCH_MS; none: stops. What is known is told at once. */
  watch(sessionId: SessionId, node: string, tables: readonly WatchedTable[]): void;
  /** A node's engine answers now, or does not (undefined). */
  setEngine(sessionId: SessionId, node: string, engine: { api: DockerApi; isManager: boolean } | undefined): void;
  /** An engine told of something. */
  onEvent(sessionId: SessionId, node: string, event: DockerEvent): void;
  /** The first processes of a node's running containers by name, as the last look saw them. */
  pids(sessionId: SessionId, node: string): ReadonlyMap<string, number>;
  close(): void;
}

interface Watched {
  sessionId: SessionId;
  node: string;
  engine: { api: DockerApi; isManager: boolean } | undefined;
  tables: ReadonlySet<WatchedTable>;
  until: number;
  told: string | undefined;
  containers: ContainerTable;
  images: Map<string, ImageInspect>;
  timer: Timer | undefined;
  looking: boolean;
  again: boolean;
}

/** Builds it; `tell` hears the tables of a node whenever they are not what was told before. */
export function createLabWatch(deps: {
  clock: Clock;
  tell: (sessionId: SessionId, node: string, facts: WatchedFacts) => void;
}): LabWatch {
  const { clock, tell } = deps;
  const nodes = new Map<string, Watched>();

  function entryOf(sessionId: SessionId, node: string): Watched {
    const key = `${sessionId}/${node}`;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const made: Watched = {
      sessionId,
      node,
      engine: undefined,
      tables: new Set(),
      until: 0,
      told: undefined,
      containers: createContainerTable(),
      images: new Map(),
      timer: undefined,
      looking: false,
      again: false,
    };
    nodes.set(key, made);
    return made;
  }

  const isWatched = (watched: Watched) => watched.tables.size > 0 && watched.until > clock.now();

  function schedule(watched: Watched, ms: number): void {
    watched.timer?.cancel();
    watched.timer = clock.after(ms, () => void look(watched));
  }

  /** Once nobody can be interested any more: a node that went away while it was watched is told of by nobody again. */
  function forgetLater(watched: Watched): void {
    watched.timer?.cancel();
    watched.timer = clock.after(Math.max(0, watched.until - clock.now()), () => {
      if (watched.engine !== undefined) return;
      if (isWatched(watched)) forgetLater(watched);
      else nodes.delete(`${watched.sessionId}/${watched.node}`);
    });
  }

  function poke(watched: Watched): void {
    if (!isWatched(watched) || watched.engine === undefined) return;
    if (watched.looking) watched.again = true;
    else schedule(watched, SETTLE_MS);
  }

  async function look(watched: Watched): Promise<void> {
    watched.timer = undefined;
    const { engine } = watched;
    if (engine === undefined || watched.looking || !isWatched(watched)) return;
    watched.looking = true;
    watched.again = false;
    const began = performance.now();
    try {
      const facts = await readTables(watched, engine);
      if (watched.engine === engine && isWatched(watched)) publish(watched, facts);
    } finally {
      watched.looking = false;
    }
    const rest = Math.max(MIN_REST_MS, (performance.now() - began) * REST_FACTOR);
    const pause = watched.again ? rest : Math.max(rest, watched.tables.has('logs') ? LOGS_MS : REST_MS);
    if (nodes.get(`${watched.sessionId}/${watched.node}`) !== watched) return;
    if (watched.engine === undefined) forgetLater(watched);
    else schedule(watched, pause);
  }

  function publish(watched: Watched, facts: WatchedFacts): void {
    const text = JSON.stringify(facts);
    if (text === watched.told) return;
    watched.told = text;
    tell(watched.sessionId, watched.node, facts);
  }

  return {
    watch(sessionId, node, tables) {
      const watched = entryOf(sessionId, node);
      watched.tables = new Set(tables);
      watched.until = clock.now() + LAB_WATCH_MS;
      watched.told = undefined;
      if (watched.engine === undefined) {
        if (tables.length > 0) tell(sessionId, node, {});
        forgetLater(watched);
      } else if (tables.length === 0) watched.timer?.cancel();
      else poke(watched);
    },
    setEngine(sessionId, node, engine) {
      const key = `${sessionId}/${node}`;
      const known = nodes.get(key);
      if (engine === undefined) {
        if (known === undefined) return;
        known.engine = undefined;
        known.timer?.cancel();
        if (isWatched(known)) {
          publish(known, {});
          forgetLater(known);
        } else nodes.delete(key);
        return;
      }
      const watched = entryOf(sessionId, node);
      const isNews = watched.engine?.api !== engine.api || watched.engine.isManager !== engine.isManager;
      watched.engine = engine;
      if (isNews) poke(watched);
    },
    onEvent(sessionId, node, { Type, Actor }) {
      const watched = nodes.get(`${sessionId}/${node}`);
      if (watched === undefined) return;
      if (Type === 'container' && Actor?.ID !== undefined) watched.containers.touch(Actor.ID);
      poke(watched);
    },
    pids: (sessionId, node) => nodes.get(`${sessionId}/${node}`)?.containers.pids() ?? new Map(),
    close() {
      for (const { timer } of nodes.values()) timer?.cancel();
      nodes.clear();
    },
  };
}

/** A table that cannot be read is not known: the others are. */
async function readTables(
  { tables, containers, images }: Watched,
  { api, isManager }: { api: DockerApi; isManager: boolean },
): Promise<WatchedFacts> {
  const facts: WatchedFacts = {};
  const wantsContainers = tables.has('containers') || tables.has('volumes') || tables.has('networks');
  let found: NodeFacts['containers'];
  if (wantsContainers) found = await containers.read(api, { logs: tables.has('logs') }).catch(() => undefined);
  if (tables.has('containers') && found !== undefined) facts.containers = found;
  const [imageRows, volumeRows, networkRows, swarm] = await Promise.all([
    tables.has('images') ? readImages(api, images).catch(() => undefined) : undefined,
    tables.has('volumes') ? readVolumes(api, found).catch(() => undefined) : undefined,
    tables.has('networks') ? readNetworks(api, found).catch(() => undefined) : undefined,
    tables.has('swarm') && isManager ? readSwarmExtra(api).catch(() => undefined) : undefined,
  ]);
  if (imageRows !== undefined) facts.images = imageRows;
  if (volumeRows !== undefined) facts.volumes = volumeRows;
  if (networkRows !== undefined) facts.networks = networkRows;
  if (swarm !== undefined) facts.swarm = swarm;
  return facts;
}

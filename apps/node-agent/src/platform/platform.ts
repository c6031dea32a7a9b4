/** What makes nodes and connects them, of one kind: all of it that the agent is built upon, and the only part that knows the kind. */
import type { AgentFact, HostFeatures, Underlay } from '@drydock/protocol';
import type { Clock, Logger } from '@drydock/service-kit';
import type { AgentEnv } from '../env.ts';
import type { KernelTotals } from '../floor/kernel-totals.ts';
import type { SessionNetworks } from '../network/session/session-networks.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface Platform {
  readonly runtime: Runtime;
  readonly networks: SessionNetworks;
  /** Where other hosts reach this one; undefined: sessions stay on this host. */
  readonly underlay: Underlay | undefined;
  /** What nodes can honestly do here and what bounds them; what cannot change is tried out once. */
  features(): Promise<HostFeatures>;
  /** What the host's kernel holds in all, for the watch over it. */
  kernelTotals(): Promise<KernelTotals>;
  /** Checks that nodes can be made here, and makes what all of them share. @throws when this host cannot carry nodes. */
  prepare(): Promise<void>;
  /** Begins what happens in the background, once the nodes that there are have been taken over. */
  start(): void;
  /** Tells again what is told only when it changes: somebody new listens. */
  retell(): void;
  /** Lets go; nodes and networks live on. */
  stop(): Promise<void>;
  /** Takes away what all nodes shared, after the last has gone. */
  removeShared(): Promise<void>;
}

export interface PlatformDeps {
  env: AgentEnv;
  clock: Clock;
  logger: Logger;
  /** Hears what a session's network has refused. */
  onFact: (fact: AgentFact) => void;
}

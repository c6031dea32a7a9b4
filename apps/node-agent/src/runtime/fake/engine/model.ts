/** What a fake node's engine is made of. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { ListeningSocket } from '../../runtime.ts';

export interface Service {
  id: string;
  name: string;
  image: string;
  replicas: number;
  ports: readonly PublishedPort[];
  createdAt: Date;
}

export interface PublishedPort {
  published: number;
  target: number;
}

export interface Task {
  id: string;
  service: Service;
  engine: Engine;
  slot: number;
  state: 'starting' | 'running' | 'shutdown';
  updatedAt: Date;
}

export interface Swarm {
  readonly tokens: { manager: string; worker: string };
  readonly leader: () => Engine | undefined;
  readonly members: ReadonlyMap<Engine, 'manager' | 'worker'>;
  readonly services: ReadonlyMap<string, Service>;
  readonly tasks: () => readonly Task[];
  join(engine: Engine, token: string): 'manager' | 'worker';
  leave(engine: Engine): void;
  create(service: Omit<Service, 'id' | 'createdAt'>): Service;
  scale(name: string, replicas: number): void;
  remove(name: string): void;
}

export interface Container {
  id: string;
  name: string;
  image: string;
  ports: readonly PublishedPort[];
  isRunning: boolean;
  createdAt: Date;
}

/** An event as the API tells it. */
export interface EngineEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
  time: number;
}

export interface Engine {
  readonly id: string;
  hostname(): string;
  address(): string;
  readonly containers: ReadonlyMap<string, Container>;
  swarm(): Swarm | undefined;
  run(wanted: { name: string | undefined; image: string; ports: readonly PublishedPort[] }): Container;
  stop(name: string): Container;
  remove(name: string): Container;
  initSwarm(): Swarm;
  joinSwarm(token: string): 'manager' | 'worker';
  leaveSwarm(): void;
  tell(type: string, action: string, id: string, attributes: Record<string, string>): void;
  portsChanged(): void;
  onEvent(listener: (event: EngineEvent) => void): () => void;
  onPorts(listener: () => void): () => void;
  /** The node's listening sockets as the kernel would tell of them. */
  sockets(): ListeningSocket[];
  /** Connects to a published port. @throws Error ECONNREFUSED */
  connectTcp(port: number): Promise<Socket>;
  close(): void;
}

/** A refusal in docker's own form; the message is shown as it is. */
export class EngineRefusal extends Error {}

export const newId = () => randomBytes(13).toString('hex').slice(0, 25);

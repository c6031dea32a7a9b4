/** What an engine's events mean for a session's timeline. Every text is a learner's; a node that floods is cut short. */
import type { EngineEvent, TimelineFact } from '@drydock/protocol';
import { type Clock, createTokenBucket } from '@drydock/service-kit';
import type { DockerEvent } from './docker-watch.ts';

/** Events of one node that are told at once, and each second after that: a stack comes up in one burst, a loop is a flood. */
const BURST = 60;
const EACH_SECOND = 5;
const MAX_SUBJECT = 256;
const MAX_REF = 128;
const MAX_DETAIL = 512;

type Meaning = { kind: EngineEvent; subject?: string; detail?: string };
export type EngineFact = TimelineFact & { kind: EngineEvent };

const clean = (text: string, length: number) => text.replace(/\p{C}/gu, ' ').slice(0, length);

/** `old → new` of the changes that docker names in an update's attributes. */
function changes(attributes: Record<string, string>): string {
  return Object.keys(attributes)
    .filter((key) => key.endsWith('.new'))
    .map((key) => {
      const what = key.slice(0, -'.new'.length);
      const before = attributes[`${what}.old`];
      return `${what} ${before === undefined ? '' : `${before} → `}${attributes[key]}`;
    })
    .join(', ');
}

/** An image as its user named it: a swarm adds the digest to the tag. What has a digest alone keeps it. */
const imageName = (image: string): string => image.replace(/^(.+:[\w.-]+)@sha256:[0-9a-f]{64}$/, '$1');

/** A container's name; of a swarm's task without the task's id, which docker appends (the entry has the container's own id). */
function containerName(name: string, attributes: Record<string, string>): string {
  const task = attributes['com.docker.swarm.task.id'];
  return task !== undefined && name.endsWith(`.${task}`) ? name.slice(0, -task.length - 1) : name;
}

/** The meaning of an event; undefined for one that nobody needs to read. */
export function meaningOf({ Type, Action, Actor }: DockerEvent): Meaning | undefined {
  const attributes = Actor?.Attributes ?? {};
  const name = attributes.name ?? Actor?.ID ?? '';
  const container = containerName(name, attributes);
  switch (`${Type} ${Action}`) {
    case 'container start':
      return { kind: 'container-started', subject: container, detail: imageName(attributes.image ?? '') };
    case 'container die':
      return { kind: 'container-died', subject: container, detail: `exit code ${attributes.exitCode ?? 'unknown'}` };
    case 'container oom':
      return { kind: 'container-oom', subject: container };
    case 'image pull':
      return { kind: 'image-pulled', subject: imageName(Actor?.ID ?? name) };
    case 'service create':
      return { kind: 'service-created', subject: name };
    case 'service update':
      return { kind: 'service-updated', subject: name, detail: changes(attributes) };
    case 'service remove':
      return { kind: 'service-removed', subject: name };
    case 'node update':
      // Without a change that has a name it is the manager's own book-keeping.
      return changes(attributes) === ''
        ? undefined
        : { kind: 'swarm-node', subject: name, detail: changes(attributes) };
    case 'node create':
      return { kind: 'swarm-node', subject: name, detail: 'joined' };
    case 'node remove':
      return { kind: 'swarm-node', subject: name, detail: 'removed' };
    default:
      return undefined;
  }
}

/**
 * Tells events of one node. `isLeader`: every manager hears of services and nodes, the leader alone passes that on.
 */
export function createEventTeller(deps: { clock: Clock; isLeader: () => boolean; tell: (fact: EngineFact) => void }) {
  const { clock, isLeader, tell } = deps;
  const mayTell = createTokenBucket({ burst: BURST, perSecond: EACH_SECOND }, clock);
  let leftOut = 0;

  return (event: DockerEvent): void => {
    if ((event.Type === 'service' || event.Type === 'node') && !isLeader()) return;
    const meaning = meaningOf(event);
    if (meaning === undefined) return;
    if (!mayTell()) {
      leftOut += 1;
      return;
    }
    const at = clock.now();
    if (leftOut > 0) tell({ at, kind: 'events-left-out', detail: String(leftOut) });
    leftOut = 0;
    const { kind, subject, detail } = meaning;
    tell({
      at,
      kind,
      ...(subject ? { subject: clean(subject, MAX_SUBJECT) } : {}),
      ...(event.Actor?.ID && kind !== 'image-pulled' ? { ref: clean(event.Actor.ID, MAX_REF) } : {}),
      ...(detail ? { detail: clean(detail, MAX_DETAIL) } : {}),
    });
  };
}

/** Sentences of the timeline: what happened in the session. */
import type { SessionId, TimelineKind } from '@drydock/protocol';
import { plural } from './plural.ts';

type Sentence = (subject: string, detail: string, node: string) => string;
const withDetail = (text: string, detail: string) => (detail === '' ? text : `${text}: ${detail}`);

const sentences: Record<TimelineKind, Sentence> = {
  'container-started': (subject, detail) => withDetail(`Container ${subject} started`, detail),
  'container-died': (subject, detail) => withDetail(`Container ${subject} ended`, detail),
  'container-oom': (subject) => `Container ${subject} ran out of memory`,
  'image-pulled': (subject) => `Image ${subject} was pulled`,
  'service-created': (subject) => `Service ${subject} was created`,
  'service-updated': (subject, detail) => withDetail(`Service ${subject} was updated`, detail),
  'service-removed': (subject) => `Service ${subject} was removed`,
  'swarm-node': (subject, detail) => withDetail(`Swarm node ${subject}`, detail),
  'events-left-out': (_subject, detail) => `${detail || 'Some'} more events came too fast to be told`,
  'session-created': (_subject, detail) =>
    detail === '' ? 'The session was created' : `The session was created with the template ${detail}`,
  'session-extended': (_subject, detail) => withDetail('The session was extended', detail),
  'session-frozen': (_subject, detail) => withDetail('The nodes were frozen', detail),
  'session-thawed': () => 'The nodes go on',
  'node-added': () => 'The node was added',
  'node-removed': () => 'The node was removed',
  'node-lost': () => 'The node was lost with its host',
  'node-oom': (_subject, detail) =>
    `The node ran out of memory: ${plural(Number(detail) || 1, 'process', 'processes')} stopped`,
  'docker-up': () => 'Docker is ready',
  'docker-down': () => 'Docker does not answer',
  'swarm-role': (_subject, detail) => withDetail('The node’s part in the swarm', detail),
  'swarm-leader': () => 'The node leads the swarm',
  'port-opened': (subject, detail) => withDetail(`Port ${subject} was opened`, detail),
  'port-closed': (subject) => `Port ${subject} was closed`,
  'port-public': (subject) => `Port ${subject} was made public`,
  'port-private': (subject) => `Port ${subject} was made private`,
  'link-made': (_subject, detail) => withDetail('A link was made', detail),
  'link-revoked': (_subject, detail) => withDetail('A link was withdrawn', detail),
  'template-applied': (subject) => `Template ${subject} is ready`,
  'template-failed': (subject, detail) => withDetail(`Template ${subject} failed and was taken back`, detail),
};

export const timeline = {
  title: 'Timeline',
  hint: 'What happened in this session, the latest first.',
  empty: 'Nothing has happened yet.',
  copy: 'Copy as text',
  copied: 'The timeline is on the clipboard.',
  session: 'Session',
  failed: 'What happened before could not be read.',
  reportTitle: (sessionId: SessionId) => `Drydock session ${sessionId}: what happened (UTC)`,
  sentences,
} as const;

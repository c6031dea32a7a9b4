/** What can be downloaded before a session ends. */
import type { SessionId } from '@drydock/protocol';

export const takeHome = {
  title: 'Take it home',
  open: 'Take it home…',
  text: 'When the session ends, everything in it is removed. This is what you can keep.',
  download: 'Download',
  reading: 'Reading…',
  home: (node: string) => `/root of ${node}`,
  homeHint: 'The home folder with all that is in it, as a tar.',
  histories: 'Shell history',
  historiesHint: 'What was typed on every node, as one text.',
  historiesLabel: 'Download the shell history of every node',
  historiesName: (sessionId: SessionId) => `drydock-${sessionId}-history.txt`,
  noHistories: 'Nothing was typed on any node yet.',
  timeline: 'Timeline',
  timelineHint: 'What happened, with times and ids, for a report.',
  timelineLabel: 'Download the timeline as text',
  timelineName: (sessionId: SessionId) => `drydock-${sessionId}-timeline.txt`,
  more: 'Any other folder: open Files and choose Download as tar from its menu.',
} as const;

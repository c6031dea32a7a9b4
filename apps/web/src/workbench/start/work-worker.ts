/** The worker of work.ts: a challenge comes in, its answer goes out. */
import { findAnswer } from './find-answer.ts';
import type { Challenge } from './work.ts';

self.addEventListener('message', ({ data }: MessageEvent<Challenge>) => {
  self.postMessage(findAnswer(data));
});

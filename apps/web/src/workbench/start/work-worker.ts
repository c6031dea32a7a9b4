/** The worker of work.ts: a challenge comes in, its answer goes out. */
import { type Challenge, findAnswer } from '@drydock/client/work';

self.addEventListener('message', ({ data }: MessageEvent<Challenge>) => {
  self.postMessage(findAnswer(data));
});

/** The computing that a start costs where the operator asks for it (WORK_REQUIRED), done beside the page. */
import type { Challenge } from '@drydock/client/work';
import type { Work } from '@drydock/protocol';

/** Works it out in a worker: the page stays alive meanwhile. */
export function doWork(challenge: Challenge): Promise<Work> {
  const worker = new Worker(new URL('./work-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Work>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<string>) => {
      resolve({ challenge: challenge.challenge, answer: data });
    });
    worker.addEventListener('error', () => reject(new Error('the work could not be done')));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}

/** Starts processes in the order of their needs, keeps them running, and stops them in the reverse order. */
import { createChild } from './child.mjs';

/**
 * @typedef {object} Service
 * @property {import('./child.mjs').ChildSpec} spec
 * @property {readonly string[]} needs names of services that must be ready before it starts
 */

/**
 * @param {readonly Service[]} services each after all that it needs
 * @param {{openLog: (name: string) => import('./log-file.mjs').LogFile, say: (line: string) => void,
 *   changed: (views: import('./child.mjs').ChildView[]) => void}} deps
 */
export function createSupervisor(services, { openLog, say, changed }) {
  /** @type {Map<string, import('./child.mjs').Child>} */
  const children = new Map();
  const logs = services.map(({ spec }) => openLog(spec.name));
  const views = () => [...children.values()].map((child) => child.view());
  for (const [index, { spec }] of services.entries()) {
    const log = logs[index];
    if (log !== undefined) children.set(spec.name, createChild(spec, { log, say, changed: () => changed(views()) }));
  }
  let stopping = false;

  return {
    views,
    /**
     * Starts everything; resolves when all are ready. What does not need one another starts side by side.
     * @throws {Problem} of the first service that does not come up; the caller stops the others
     */
    async start() {
      /** @type {Map<string, Promise<void>>} */
      const started = new Map();
      for (const { spec, needs } of services) {
        const before = needs.map((need) => started.get(need));
        const task = Promise.all(before).then(() => (stopping ? undefined : children.get(spec.name)?.start()));
        // The failure is reported by Promise.all below; those that wait for it must not report it again.
        task.catch(() => {});
        started.set(spec.name, task);
      }
      await Promise.all(started.values());
    },
    /** Stops everything, the last started first, each within its own bound. */
    async stop() {
      stopping = true;
      for (const child of [...children.values()].reverse()) await child.stop();
      for (const log of logs) log.close();
    },
  };
}

/** @typedef {ReturnType<typeof createSupervisor>} Supervisor */

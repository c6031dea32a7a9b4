/** A last-in-first-out list of releases: whoever acquires something adds its release on the same line. */

/** One release; it may be asynchronous and must tolerate being the only one that runs. */
export type Release = () => unknown;

export interface CleanupStack {
  /** Adds a release. Once the stack has run, a late addition runs at once (nothing acquired in a race is lost). */
  add(name: string, release: Release): void;
  /** Forgets all releases: what was acquired now has another owner. */
  disarm(): void;
  /** Runs every release, the last first, each even when another failed. Runs once; later calls wait for the first. */
  run(): Promise<void>;
}

/** Builds a stack; `onError` hears of each release that failed, with its name. */
export function createCleanupStack(onError: (name: string, error: unknown) => void): CleanupStack {
  let entries: { name: string; release: Release }[] = [];
  let running: Promise<void> | undefined;

  async function runOne(entry: { name: string; release: Release }): Promise<void> {
    try {
      await entry.release();
    } catch (error) {
      onError(entry.name, error);
    }
  }

  return {
    add(name, release) {
      if (running !== undefined) void runOne({ name, release });
      else entries.push({ name, release });
    },
    disarm() {
      entries = [];
    },
    run() {
      running ??= (async () => {
        for (let entry = entries.pop(); entry; entry = entries.pop()) await runOne(entry);
      })();
      return running;
    },
  };
}

/** Remembers the answers of recent commands, so that one that is sent again is not carried out again. */

/** Commands remembered: more than a manager repeats after a break of seconds. */
const MAX_ANSWERS = 1024;
/** Characters of all remembered answers together; `exec` outputs are what fills it. */
const MAX_CHARACTERS = 8 * 1024 * 1024;

export interface AnswerMemory {
  /** Runs `work` for an id that is new; for one that is known gives the promise of the first run. `work` must not reject. */
  once(id: string, work: () => Promise<unknown>): Promise<unknown>;
}

/** Builds an empty memory; when it is full the oldest answers go first. */
export function createAnswerMemory(): AnswerMemory {
  const answers = new Map<string, { promise: Promise<unknown>; size: number }>();
  let characters = 0;

  function forgetOldest(): void {
    for (const [id, { size }] of answers) {
      if (answers.size <= MAX_ANSWERS && characters <= MAX_CHARACTERS) return;
      answers.delete(id);
      characters -= size;
    }
  }

  return {
    once(id, work) {
      const known = answers.get(id);
      if (known) return known.promise;
      const entry = { promise: work(), size: 0 };
      answers.set(id, entry);
      void entry.promise.then((answer) => {
        if (answers.get(id) !== entry) return;
        entry.size = JSON.stringify(answer ?? null).length;
        characters += entry.size;
        forgetOldest();
      });
      forgetOldest();
      return entry.promise;
    },
  };
}

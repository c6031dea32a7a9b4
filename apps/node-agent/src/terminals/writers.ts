/** Who typed what last: the same (writer, seq) is typed once, whatever connection brings it, and never out of order (T-10). */
import { DrydockError, MAX_WRITERS_PER_TERMINAL } from '@drydock/protocol';

interface Writer {
  lastSeq: number;
  /** Pieces that the PTY does not have yet, so that a repetition waits for the same end. */
  unfinished: Map<number, Promise<void>>;
}

export interface Writers {
  /**
   * Types a piece by `type` when it is the writer's next; a piece that was taken before is not typed again, and this resolves
   * when the PTY has it. A writer that is not known begins with 1.
   * @throws DrydockError INPUT_OUT_OF_ORDER with `details.expected`; and what `type` throws, in which case nothing was taken.
   */
  input(writer: string, seq: number, type: () => Promise<void>): Promise<void>;
}

/** Builds an empty memory of writers; beyond the bound the one that has been silent for longest is forgotten. */
export function createWriters(max = MAX_WRITERS_PER_TERMINAL): Writers {
  /** In the order of their last typing. */
  const writers = new Map<string, Writer>();

  return {
    input(name, seq, type) {
      const known = writers.get(name);
      const expected = (known?.lastSeq ?? 0) + 1;
      if (known !== undefined && seq < expected) return known.unfinished.get(seq) ?? Promise.resolve();
      if (seq > expected) {
        return Promise.reject(new DrydockError('INPUT_OUT_OF_ORDER', undefined, { expected }));
      }
      let typed: Promise<void>;
      try {
        typed = type();
      } catch (error) {
        return Promise.reject(error);
      }
      const writer = known ?? { lastSeq: 0, unfinished: new Map() };
      writer.lastSeq = seq;
      writers.delete(name);
      writers.set(name, writer);
      if (writers.size > max) writers.delete(writers.keys().next().value as string);
      writer.unfinished.set(seq, typed);
      const forget = () => void writer.unfinished.delete(seq);
      typed.then(forget, forget);
      return typed;
    },
  };
}

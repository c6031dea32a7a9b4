/** Lets all that one turn of the event loop writes to a stream leave the process by one system call (decision 0008). */

interface Corkable {
  cork(): void;
  uncork(): void;
}

/** Builds a function to be called before each write: what is written until this turn's end goes out together, and no later. */
export function batchWrites(stream: Corkable): () => void {
  let held = false;
  return () => {
    if (held) return;
    held = true;
    stream.cork();
    setImmediate(() => {
      held = false;
      stream.uncork();
    });
  };
}

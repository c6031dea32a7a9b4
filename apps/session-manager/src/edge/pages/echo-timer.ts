/** Measures what a learner feels: from a key that reaches us to the next bytes of that terminal that leave us. */

export interface EchoTimer {
  /** Somebody typed in a terminal. */
  typed(terminalId: string): void;
  /** Bytes of a terminal are on their way to that page. */
  shown(terminalId: string): void;
}

/** A key without an answer for this long (ms) was no question: a password, a program that reads silently. */
const LONGEST_ECHO_MS = 5000;
/** Terminals that wait: of more, which a page may name without there being any, the first are forgotten. */
const MAX_WAITING = 256;

/** Builds the timer of one page; `observe` takes seconds. It holds one number for each of MAX_WAITING terminals at most. */
export function createEchoTimer(observe: (seconds: number) => void): EchoTimer {
  const since = new Map<string, number>();
  return {
    typed(terminalId) {
      if (since.has(terminalId)) return;
      since.set(terminalId, performance.now());
      const [first] = since.keys();
      if (since.size > MAX_WAITING && first !== undefined) since.delete(first);
    },
    shown(terminalId) {
      const began = since.get(terminalId);
      if (began === undefined) return;
      since.delete(terminalId);
      const ms = performance.now() - began;
      if (ms <= LONGEST_ECHO_MS) observe(ms / 1000);
    },
  };
}

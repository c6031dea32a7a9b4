/**
 * Lets the terminal that has the focus go first: xterm draws for 12 ms at a time whatever it is given, and a neighbour's flood would make
 * each key wait for several such turns. Any other terminal is given one piece at a time, with a turn for everybody else in between.
 */

interface Piece {
  text: string;
  drawn(): void;
}

/** Builds the way to one screen. Everything is drawn in the order of the calls; `isForemost` is asked at each piece. */
export function createPacedWrite(
  write: (text: string, drawn: () => void) => void,
  isForemost: () => boolean,
): (text: string, drawn: () => void) => void {
  /** What waits for its turn; bounded by the window of bytes that are sent and not drawn. */
  let waiting: Piece[] = [];
  let busy = false;

  function next(): void {
    if (isForemost()) {
      busy = false;
      const all = waiting;
      waiting = [];
      for (const { text, drawn } of all) write(text, drawn);
      return;
    }
    const piece = waiting.shift();
    busy = piece !== undefined;
    if (piece === undefined) return;
    write(piece.text, () => {
      piece.drawn();
      setTimeout(next);
    });
  }

  return (text, drawn) => {
    if (!busy && isForemost()) {
      write(text, drawn);
      return;
    }
    waiting.push({ text, drawn });
    if (!busy) next();
    // It has the focus now: nothing of it waits any longer.
    else if (isForemost()) next();
  };
}

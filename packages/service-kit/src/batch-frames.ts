/** Lets all that one turn of the event loop sends over a socket.io connection leave the process together. */

/** What both engines (engine.io's server and client) have; a part of it is not in their types. */
interface Engine {
  readonly transport: {
    readonly name: string;
    writable: boolean;
    /** The `ws` socket of a server; at a client `ws` is that, and `socket` the engine. */
    readonly socket?: WebSocketLike;
    readonly ws?: WebSocketLike;
  };
  on(event: 'packetCreate' | 'flush', listener: () => void): unknown;
  flush(): void;
}

interface WebSocketLike {
  readonly _socket?: { cork(): void; uncork(): void } | null;
}

/**
 * Begins to batch what `engine` (a server's `Socket` of engine.io, or a client's `socket.io.engine`) sends. By itself a message
 * with bytes takes two system calls at the sender and wakes the receiver twice, since its text and its bytes are two frames; with
 * batches a busy connection takes one for many messages (decision 0005). Order stays, and nothing waits longer than this turn.
 */
export function batchFrames(given: object): void {
  const engine = given as Engine;
  let held = false;

  function cork(): void {
    const stream = (engine.transport.ws ?? engine.transport.socket)?._socket;
    stream?.cork();
    if (stream) process.nextTick(() => stream.uncork());
  }

  engine.on('packetCreate', () => {
    const { transport } = engine;
    // A transport that is not writable has a batch under way and sends what waits when that is done.
    if (held || !transport.writable || transport.name !== 'websocket') return;
    held = true;
    transport.writable = false;
    setImmediate(() => {
      held = false;
      transport.writable = true;
      cork();
      engine.flush();
    });
  });
  // The server tells before it sends what waited, each frame by a write of its own.
  engine.on('flush', cork);
}

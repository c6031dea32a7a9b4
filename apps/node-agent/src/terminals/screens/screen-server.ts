/** The inside of a screens' process: holds emulators and answers the terminal host's questions in their order. */
import { createFrameReader, encodeFrame } from '@drydock/service-kit';
import { createEmulator, type Emulator } from './emulator.ts';
import { MAX_SCREEN_FRAME_BYTES, type ScreenRequest, screenRequestSchema } from './screen-protocol.ts';

const NOTHING = new Uint8Array(0);

/** Builds a server whose answers are given to `send`; feed it what comes. Whatever goes wrong is thrown and ends the process. */
export function createScreenServer(send: (buffers: Uint8Array[]) => void): (chunk: Buffer) => void {
  const screens = new Map<number, Emulator>();

  function get(screen: number): Emulator {
    const emulator = screens.get(screen);
    if (emulator === undefined) throw new Error(`no screen ${screen}`);
    return emulator;
  }

  async function answer(request: ScreenRequest, bytes: Uint8Array): Promise<[boolean, Uint8Array]> {
    switch (request.do) {
      case 'open':
        screens.set(request.screen, createEmulator(request));
        return [true, NOTHING];
      case 'parse':
        return [await get(request.screen).parse(Uint8Array.from(bytes)), NOTHING];
      case 'resize':
        return [await get(request.screen).resize(request), NOTHING];
      case 'serialize':
        return [true, Buffer.from(await get(request.screen).serialize())];
      case 'close':
        get(request.screen).dispose();
        screens.delete(request.screen);
        return [true, NOTHING];
    }
  }

  return createFrameReader(MAX_SCREEN_FRAME_BYTES, ({ header, bytes }) => {
    void answer(screenRequestSchema.parse(header), bytes).then(([scrollsWhole, text]) =>
      send(encodeFrame({ scrollsWhole }, text)),
    );
  });
}

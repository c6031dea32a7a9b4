/** A reservation that may end what holds room without using it. */
import { toDrydockError } from '@drydock/protocol';

/** Asks for room; when there is none, makes some and asks once more. */
export async function withRoom<T>(ask: () => T | Promise<T>, makeRoom: () => Promise<boolean>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (toDrydockError(error).code !== 'NO_CAPACITY' || !(await makeRoom())) throw error;
    return ask();
  }
}

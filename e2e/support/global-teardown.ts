/** Ends the stack of the browser tests. */
import { type Stack, stopStack } from './stack.ts';

export default async function globalTeardown(): Promise<void> {
  if (process.env.DRYDOCK_E2E_STACK) await stopStack(JSON.parse(process.env.DRYDOCK_E2E_STACK) as Stack);
}

/** One stack for all browser tests; its place is told to the tests by the environment. */
import { startStack } from './stack.ts';

export default async function globalSetup(): Promise<void> {
  const stack = await startStack();
  process.env.DRYDOCK_E2E_STACK = JSON.stringify(stack);
}

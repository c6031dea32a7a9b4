/** Waits until `condition` holds. @throws Error after `ms` milliseconds, which names `what` was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string) = 'a condition',
  ms = 20_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

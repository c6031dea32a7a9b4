/** Next.js runs this once when its server starts. */

export async function register(): Promise<void> {
  // By its name alone the build sees that other runtimes have no need of the rest.
  if (process.env.NEXT_RUNTIME === 'nodejs') {
    const { watchPageServer } = await import('./health/page-server-health.ts');
    watchPageServer();
  }
}

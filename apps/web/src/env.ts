/** The only door to the environment of the web process. */

/**
 * The path below which the pages lie on their origin, without a slash at its end; empty where they have it for themselves. It is part of
 * the build, in the browser too (next.config.ts).
 */
export const basePath = process.env.NEXT_PUBLIC_BASE_PATH ?? '';

/** Where this server asks for what its own pages hold (the labs); the manager's address on this machine. */
export const managerUrl = process.env.DRYDOCK_MANAGER_URL ?? 'http://127.0.0.1:3000';

/** True under `next dev`, where React's refresh needs `eval`; never in what is served to learners. */
export const isDevelopment = process.env.NODE_ENV === 'development';

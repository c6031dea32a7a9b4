/** The only door to the environment of the web process. */

/** True under `next dev`, where React's refresh needs `eval`; never in what is served to learners. */
export const isDevelopment = process.env.NODE_ENV === 'development';

/** What both daemons share. */
export * from './backoff.ts';
export * from './batch-frames.ts';
export * from './batch-writes.ts';
export * from './cleanup-stack.ts';
export * from './clock.ts';
export * from './env.ts';
export * from './frames.ts';
export * from './logger.ts';
export * from './loop-watch.ts';
export * from './process-watch.ts';
export * from './shutdown.ts';
export * from './token-bucket.ts';
export * from './uncaught-errors.ts';

/** What tests of several packages share. Tests, measurements and fixtures import it; what runs in production never does. */
export * from './bad-link.ts';
export * from './growth.ts';
export * from './ports.ts';
export * from './processes.ts';
export * from './redis-server.ts';
export * from './terminal-stack.ts';
export * from './until.ts';

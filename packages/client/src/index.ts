/** The one client of Drydock's public API: docs/PROTOCOL.md seen from the calling side. Sockets and fetch are the caller's own. */
export * from './backoff.ts';
export * from './files/files-api.ts';
export * from './files/upload.ts';
export * from './http/index.ts';
export * from './retry.ts';
export * from './session/session-connection.ts';
export * from './session/socket.ts';
export * from './terminal/channel.ts';
export * from './terminal/input.ts';
export * from './terminal/link.ts';
export * from './terminal/types.ts';

/** Every message that crosses a process border, schemas first. */
export * from './agent-events.ts';
export * from './browser-events.ts';
export * from './bytes.ts';
export * from './capabilities.ts';
export * from './errors.ts';
export * from './http.ts';
export * from './ids.ts';
export * from './limits.ts';
export * from './node.ts';
export * from './people.ts';
export * from './ports.ts';
export * from './refusals.ts';
export * from './session.ts';
export * from './swarm.ts';
export * from './terminal.ts';
export * from './timeline.ts';
export * from './version.ts';

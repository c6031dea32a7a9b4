/** Every message that crosses a process border, schemas first. */
import './without-eval.ts';

export * from './agent-events.ts';
export * from './browser-events.ts';
export * from './bytes.ts';
export * from './capabilities.ts';
export * from './embed-frame.ts';
export * from './errors.ts';
export * from './http.ts';
export * from './ids.ts';
export * from './lab.ts';
export * from './lab-facts.ts';
export * from './limits.ts';
export * from './node.ts';
export * from './operator.ts';
export * from './people.ts';
export * from './ports.ts';
export * from './refusals.ts';
export * from './session.ts';
export * from './session-network.ts';
export * from './swarm.ts';
export * from './terminal.ts';
export * from './terminal-socket.ts';
export * from './terminal-stream.ts';
export * from './timeline.ts';
export * from './version.ts';
export * from './work.ts';

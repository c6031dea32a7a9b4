/** Every message that crosses a process border, schemas first. */
import './without-eval.ts';

export * from './agent/agent-events.ts';
export * from './agent/session-network.ts';
export * from './embed-frame.ts';
export * from './embed-site.ts';
export * from './errors.ts';
export * from './host-features.ts';
export * from './http.ts';
export * from './ids.ts';
export * from './lab/lab.ts';
export * from './lab/lab-facts.ts';
export * from './limits.ts';
export * from './operator.ts';
export * from './refusals.ts';
export * from './session/browser-events.ts';
export * from './session/node.ts';
export * from './session/people.ts';
export * from './session/ports.ts';
export * from './session/session.ts';
export * from './session/swarm.ts';
export * from './session/timeline.ts';
export * from './terminal/bytes.ts';
export * from './terminal/terminal.ts';
export * from './terminal/terminal-socket.ts';
export * from './terminal/terminal-stream.ts';
export * from './version.ts';
export * from './work.ts';

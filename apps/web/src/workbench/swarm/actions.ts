/** What can be done from the swarm's map: start a swarm, and look into a task on the node that runs it. */
import { ApiError } from '@drydock/client';
import { execResponseSchema, type NodeView, type SwarmNode, type SwarmTask } from '@drydock/protocol';
import type { WorkbenchActions } from '../session/workbench-actions.ts';

/** Lines of a task's log that are fetched: what one looks at, not what one keeps. */
export const LOG_LINES = 200;
/** Characters of an answer that are shown (a line may be of any length). */
const MAX_TEXT = 128 * 1024;
/** An answer of the node's docker (s). */
const ASK_SECONDS = 15;
/** A swarm's certificate authority takes a moment on a busy machine (s). */
const INIT_SECONDS = 60;

/** A container's shell, the better one that its image has. */
const shellIn = (containerId: string) =>
  `docker exec -it ${containerId.slice(0, 12)} sh -c '[ -x /bin/bash ] && exec bash || exec sh'\r`;

/** The session's node that is this node of the swarm: by its address, else by its name. */
export function sessionNode(node: SwarmNode | undefined, nodes: readonly NodeView[]): NodeView | undefined {
  if (node === undefined) return undefined;
  return nodes.find(({ ip }) => ip === node.ip) ?? nodes.find(({ name }) => name === node.name);
}

async function ask(
  actions: WorkbenchActions,
  node: string,
  command: string[],
  timeoutSeconds = ASK_SECONDS,
): Promise<string> {
  const body = { command, timeoutSeconds };
  const answer = await actions.call('POST', `/nodes/${node}/exec`, { body, read: execResponseSchema });
  const text = `${answer.stdout}${answer.stderr}`;
  if (answer.exitCode !== 0) throw new ApiError('INTERNAL', text.trim().slice(-1000));
  return text.slice(-MAX_TEXT);
}

/** The end of a task's log, as its container wrote it, both streams in order. @throws ApiError */
export function readLogs(actions: WorkbenchActions, node: string, containerId: string): Promise<string> {
  const script = `docker logs --tail ${LOG_LINES} "$1" 2>&1`;
  return ask(actions, node, ['sh', '-c', script, 'sh', containerId]);
}

/** What docker says of a task's container, or of the task itself where it has none; `manager` knows tasks. @throws ApiError */
export function inspectTask(
  actions: WorkbenchActions,
  node: string | undefined,
  manager: string,
  task: SwarmTask,
): Promise<string> {
  return node !== undefined && task.containerId !== null
    ? ask(actions, node, ['docker', 'inspect', task.containerId])
    : ask(actions, manager, ['docker', 'inspect', '--type', 'task', task.id]);
}

/** Opens a terminal on the node, with a shell in the container typed into it, so that one sees how it is done. */
export function openTaskTerminal(actions: WorkbenchActions, node: string, containerId: string): Promise<void> {
  return actions.openTerminal(node, {}, shellIn(containerId));
}

/** Starts a swarm on a node, as a learner would. @throws ApiError with docker's words. */
export async function startSwarm(actions: WorkbenchActions, { name, ip }: NodeView): Promise<void> {
  await ask(actions, name, ['docker', 'swarm', 'init', '--advertise-addr', ip], INIT_SECONDS);
}

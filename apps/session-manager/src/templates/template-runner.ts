/** Carries a template out: makes its nodes, runs its steps, tells how far it is; a failure takes everything back. */
import { DrydockError, type SessionId, toDrydockError, withoutEnd } from '@drydock/protocol';
import type { SessionFeed } from '../live/feed.ts';
import type { Timeline } from '../live/timeline.ts';
import { requireNode, type SessionRecord } from '../model/session.ts';
import { addressOf } from '../model/session-nodes.ts';
import type { Tools } from '../model/tools.ts';
import type { NodeService } from '../nodes/node-service.ts';
import type { AgentCommands } from '../scheduling/agent-commands.ts';
import type { HostRegistry } from '../scheduling/host-registry.ts';
import type { SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionService } from '../sessions/session-service.ts';
import { createDockerReady } from './docker-ready.ts';
import type { RunOnNode } from './run-on-node.ts';
import { createSwarm } from './swarm-steps.ts';
import type { Template, TemplateStep } from './templates.ts';

/** What an agent may take beyond a command's own time limit (ms). */
const EXEC_SLACK_MS = 15_000;

export interface TemplateRunner {
  /** Reserves all nodes of a new session's template, then builds in the background. A session that cannot have them ends. */
  startNew(sessionId: SessionId, template: Template): Promise<void>;
  /** The same for a session that lives; nodes whose names are taken get the next number. */
  apply(sessionId: SessionId, template: Template): Promise<void>;
  /** The same, and waits for the end. @throws DrydockError, with what was made taken back. */
  carryOut(sessionId: SessionId, template: Template): Promise<void>;
}

export interface TemplateRunnerDeps {
  nodes: NodeService;
  directory: SessionDirectory;
  service: Pick<SessionService, 'end'>;
  hosts: HostRegistry;
  commands: AgentCommands;
  live: {
    /** Tells the pages of every manager. */
    publish: SessionFeed['publish'];
    /** Writes into the session's timeline. */
    note: Timeline['add'];
  };
  tools: Tools;
}

/** The name for each name of a template: the same, or with the next free number when it is taken. */
export function freeNames(session: SessionRecord, names: readonly string[]): Map<string, string> {
  const taken = new Set(session.nodes.map(({ name }) => name));
  const chosen = new Map<string, string>();
  for (const name of names) {
    const stem = withoutEnd(name, '0123456789');
    const digits = name.slice(stem.length) || '1';
    let candidate = name;
    for (let number = Number(digits); taken.has(candidate); number += 1) candidate = `${stem}${number + 1}`;
    taken.add(candidate);
    chosen.set(name, candidate);
  }
  return chosen;
}

/** What a page shows while a step runs. */
function textOf(step: TemplateStep): string {
  switch (step.kind) {
    case 'swarm':
      return 'Forming the swarm';
    case 'file':
      return `Writing ${step.path}`;
    case 'run':
      return step.text;
  }
}

/** Builds the runner. */
export function createTemplateRunner(deps: TemplateRunnerDeps): TemplateRunner {
  const { nodes, directory, service, hosts, commands, live } = deps;
  const { clock, logger } = deps.tools;
  const dockerReady = createDockerReady({ directory, hosts, clock });

  async function reserve(sessionId: SessionId, template: Template): Promise<Map<string, string>> {
    const session = directory.get(sessionId);
    if (session === undefined) throw new DrydockError('SESSION_NOT_FOUND');
    const names = freeNames(session, template.nodes);
    await nodes.reserve(sessionId, [...names.values()], template.limits);
    return names;
  }

  /** Each command waits for its own node only: a swarm begins with its first node, while the others still start. */
  function runner(sessionId: SessionId, ready: ReadonlyMap<string, Promise<void>>): RunOnNode {
    return async (name, command, timeoutSeconds, stdin) => {
      await ready.get(name);
      const session = directory.get(sessionId);
      if (session === undefined) throw new DrydockError('SESSION_ENDED');
      const request = { sessionId, node: name, command: [...command], timeoutSeconds };
      const answer = await commands.send(
        requireNode(session, name).host,
        'node.exec',
        stdin === undefined ? request : { ...request, stdin },
        timeoutSeconds * 1000 + EXEC_SLACK_MS,
      );
      if (answer.exitCode === 0) return answer;
      const output = `${answer.stderr}${answer.stdout}`.slice(-500);
      throw new DrydockError('NODE_CREATE_FAILED', `${command.slice(0, 3).join(' ')} failed on ${name}: ${output}`);
    };
  }

  function addressIn(sessionId: SessionId, [first = '']: readonly string[]): string {
    const session = directory.get(sessionId);
    if (session === undefined) throw new DrydockError('SESSION_ENDED');
    return addressOf(requireNode(session, first));
  }

  async function runStep(
    sessionId: SessionId,
    step: TemplateStep,
    names: Map<string, string>,
    run: RunOnNode,
  ): Promise<void> {
    const real = (name: string) => names.get(name) ?? name;
    switch (step.kind) {
      case 'swarm':
        return createSwarm(
          run,
          addressIn(sessionId, step.managers.map(real)),
          step.managers.map(real),
          step.workers.map(real),
        );
      case 'file': {
        const script = 'mkdir -p "$(dirname "$1")" && cat > "$1"';
        await run(real(step.node), ['sh', '-c', script, 'sh', step.path], 10, step.content);
        return;
      }
      case 'run':
        await run(real(step.node), step.command, step.timeoutSeconds);
        return;
    }
  }

  /** Gives why it failed, where it did. */
  async function build(
    sessionId: SessionId,
    template: Template,
    names: Map<string, string>,
  ): Promise<DrydockError | undefined> {
    const total = names.size * (template.steps.length === 0 ? 1 : 2) + template.steps.length;
    let done = 0;
    const report = (text: string, by = 1) => {
      done += by;
      live.publish(sessionId, { kind: 'progress', text, done, total });
    };
    try {
      report(`Making ${names.size === 1 ? 'a node' : `${names.size} nodes`}`, 0);
      const prepare = async (name: string) => {
        await nodes.build(sessionId, name);
        report(`${name} runs`);
        if (template.steps.length === 0) return;
        await dockerReady(sessionId, name);
        report(`Docker on ${name} is ready`);
      };
      const ready = new Map([...names.values()].map((name) => [name, prepare(name)]));
      const run = runner(sessionId, ready);
      const runSteps = async () => {
        for (const step of template.steps) {
          if (step.kind === 'swarm') await ready.get(names.get(step.managers[0] ?? '') ?? '');
          else await Promise.all(ready.values());
          report(textOf(step), 0);
          await runStep(sessionId, step, names, run);
          report(textOf(step));
        }
      };
      // All are awaited whatever happens: what is taken back must not be under way.
      const results = await Promise.allSettled([...ready.values(), runSteps()]);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      live.publish(sessionId, { kind: 'progress', text: `${template.title}: ready`, done: total, total });
      live.note(sessionId, { kind: 'template-applied', subject: template.id });
      logger.info({ sessionId, template: template.id }, 'template applied');
    } catch (thrown) {
      const error = toDrydockError(thrown);
      logger.error({ sessionId, template: template.id, err: thrown, code: error.code }, 'template failed');
      live.note(sessionId, { kind: 'template-failed', subject: template.id, detail: error.message.slice(0, 512) });
      await Promise.allSettled([...names.values()].map((name) => nodes.remove(sessionId, name)));
      live.publish(sessionId, { kind: 'progress', text: error.message, done, total, failed: true });
      return error;
    }
    return undefined;
  }

  return {
    async startNew(sessionId, template) {
      try {
        const names = await reserve(sessionId, template);
        void build(sessionId, template, names);
      } catch (error) {
        await service.end(sessionId, 'closed').catch(() => undefined);
        throw error;
      }
    },
    async carryOut(sessionId, template) {
      const failed = await build(sessionId, template, await reserve(sessionId, template));
      if (failed !== undefined) throw failed;
    },
    async apply(sessionId, template) {
      const names = await reserve(sessionId, template);
      void build(sessionId, template, names);
    },
  };
}

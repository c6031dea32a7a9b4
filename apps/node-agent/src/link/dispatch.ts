/** Commands of the manager: parsed, run once each, every failure turned into an error of the registry. */
import {
  type AgentAnswer,
  type AgentCommandName,
  type AgentRequest,
  agentCommands,
  DrydockError,
  type ErrorBody,
  toDrydockError,
} from '@drydock/protocol';
import type { Logger } from '@drydock/service-kit';
import { z } from 'zod';
import { createAnswerMemory } from './answer-memory.ts';

/** `from` is the address of the manager that asks. */
type Handler<C extends AgentCommandName> = (request: AgentRequest<C>, from: string) => Promise<AgentAnswer<C>>;

/** Who carries out the commands; agent.ts binds them to nodes, terminals and streams. */
export type CommandHandlers = { [C in Exclude<AgentCommandName, 'ping'>]: Handler<C> };

export interface Dispatcher {
  /** Runs the command in `message`, or waits for the run that has the same id. Never rejects. */
  handle(message: unknown, from?: string): Promise<unknown>;
}

const envelopeSchema = z.object({ id: z.string().min(1).max(128), name: z.string(), request: z.unknown() });

/** Builds a dispatcher. Commands begin in the order in which they come; each runs beside the others. */
export function createDispatcher({ handlers, logger }: { handlers: CommandHandlers; logger: Logger }): Dispatcher {
  const memory = createAnswerMemory();

  function run(name: string, request: unknown, from: string): Promise<unknown> {
    switch (name as AgentCommandName) {
      case 'node.create':
        return handlers['node.create'](parse('node.create', request), from);
      case 'node.destroy':
        return handlers['node.destroy'](parse('node.destroy', request), from);
      case 'session.destroy':
        return handlers['session.destroy'](parse('session.destroy', request), from);
      case 'session.network':
        return handlers['session.network'](parse('session.network', request), from);
      case 'session.rest':
        return handlers['session.rest'](parse('session.rest', request), from);
      case 'session.freeze':
        return handlers['session.freeze'](parse('session.freeze', request), from);
      case 'node.exec':
        return handlers['node.exec'](parse('node.exec', request), from);
      case 'terminal.open':
        return handlers['terminal.open'](parse('terminal.open', request), from);
      case 'terminal.attach':
        return handlers['terminal.attach'](parse('terminal.attach', request), from);
      case 'terminal.detach':
        return handlers['terminal.detach'](parse('terminal.detach', request), from);
      case 'terminal.input':
        return handlers['terminal.input'](parse('terminal.input', request), from);
      case 'terminal.resize':
        return handlers['terminal.resize'](parse('terminal.resize', request), from);
      case 'terminal.close':
        return handlers['terminal.close'](parse('terminal.close', request), from);
      case 'terminal.stream':
        return handlers['terminal.stream'](parse('terminal.stream', request), from);
      case 'stream.open':
        return handlers['stream.open'](parse('stream.open', request), from);
      case 'lab.watch':
        return handlers['lab.watch'](parse('lab.watch', request), from);
      case 'lab.probe':
        return handlers['lab.probe'](parse('lab.probe', request), from);
      case 'swarm.read':
        return handlers['swarm.read'](parse('swarm.read', request), from);
      case 'ping':
        return Promise.resolve({});
      default:
        return unknownCommand(name as never);
    }
  }

  async function answer(name: string, request: unknown, from: string): Promise<unknown> {
    const started = performance.now();
    try {
      const result = await run(name, request, from);
      logger.debug({ command: name, ms: Math.round(performance.now() - started) }, 'command done');
      return result;
    } catch (thrown) {
      const error = toDrydockError(thrown);
      const where = z.object({ sessionId: z.string(), node: z.string().optional() }).safeParse(request).data;
      const fields = { command: name, code: error.code, ...where };
      if (error.code === 'INTERNAL') logger.error({ ...fields, err: thrown }, 'command failed');
      else logger.info(fields, 'command refused');
      return { error: error.toBody() } satisfies { error: ErrorBody };
    }
  }

  return {
    async handle(message, from = '') {
      const envelope = envelopeSchema.safeParse(message);
      if (!envelope.success) return { error: new DrydockError('BAD_REQUEST').toBody() };
      const { id, name, request } = envelope.data;
      return memory.once(id, () => answer(name, request, from));
    },
  };
}

function parse<C extends AgentCommandName>(name: C, request: unknown): AgentRequest<C> {
  const parsed = agentCommands[name].request.safeParse(request);
  if (parsed.success) return parsed.data as AgentRequest<C>;
  const issue = parsed.error.issues[0];
  throw new DrydockError('BAD_REQUEST', `${name}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** A newer manager knows commands that this agent does not. */
function unknownCommand(name: never): never {
  throw new DrydockError('BAD_REQUEST', `This agent does not know the command ${String(name)}.`);
}

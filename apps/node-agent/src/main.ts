/** The agent's process. SIGTERM ends the agent alone; SIGINT destroys all of its nodes first; `--destroy-all` does only that. */
import { readFileSync } from 'node:fs';
import { createLogger, EnvError, onShutdown, watchProcess } from '@drydock/service-kit';
import { createAgent } from './agent.ts';
import { type AgentEnv, readAgentEnv } from './env.ts';

/** A host full of nodes to destroy (ms). */
const SHUTDOWN_MS = 85_000;

function readEnvOrExit(): AgentEnv {
  try {
    return readAgentEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(`agent: ${error.message}`);
    process.exit(1);
  }
}

const env = readEnvOrExit();
const logger = createLogger('agent', env.logLevel);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

try {
  const watch = watchProcess('agent', { logger });
  const agent = await createAgent(env, version, logger, watch);
  if (process.argv.includes('--destroy-all')) {
    await agent.destroyLeft();
    process.exit(0);
  }
  onShutdown(logger, (signal) => (signal === 'SIGINT' ? agent.destroyAll() : agent.stop()), SHUTDOWN_MS);
  await agent.start();
  watch.ready();
} catch (error) {
  logger.fatal({ err: error }, 'the agent cannot start');
  process.exit(1);
}

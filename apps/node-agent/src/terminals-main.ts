/** The terminal host's process: holds every terminal of this machine, and outlives the agent. */
import { createLogger, EnvError, onShutdown, watchProcess } from '@drydock/service-kit';
import { terminalCommands } from './platform/terminal-commands.ts';
import { startWatchdog } from './system/watchdog.ts';
import { readTerminalsEnv } from './terminals/env.ts';
import { startTerminalHost } from './terminals/terminal-host.ts';

try {
  const env = readTerminalsEnv();
  const logger = createLogger('terminals', env.logLevel);
  const commandFor = terminalCommands(env);
  const watch = watchProcess('terminals', { logger });
  const host = await startTerminalHost({ socketPath: env.socketPath, logger, commandFor, health: watch.health });
  watch.ready();
  startWatchdog(env.watchdogUs, logger);
  onShutdown(logger, () => host.close());
  logger.info({ socketPath: env.socketPath, runtime: env.runtime }, 'holding terminals');
} catch (error) {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
}

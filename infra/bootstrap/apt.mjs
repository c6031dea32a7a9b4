/** Installs missing packages from the distribution, and leaves no service running that was not there before. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { readIfThere } from '../common/files.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
/** Tells our own policy file from the operator's, should we be killed before we take it away. */
const POLICY_MARK = '# made by the Drydock bootstrap while it installs packages; may be deleted';
/** An archive that is slow is waited for this long (ms). */
const APT_LIMIT_MS = 15 * 60_000;

/**
 * The packages of `names` that are not installed, by dpkg's own book-keeping (no apt, no network).
 * @param {readonly string[]} names
 * @returns {Promise<string[]>}
 */
export async function missingPackages(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '${Package} ${db:Status-Abbrev}\\n';
  const { stdout } = await runCommand('dpkg-query', ['--show', '--showformat', format, ...names]);
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => /^\S+ .i/.test(line))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs packages.
 * @param {readonly string[]} names missing ones
 * @param {{services: readonly string[], logFile: string, signal: AbortSignal, detail: (line: string) => void}} options
 *   `services` are disabled if this very installation brings them
 * @throws {Problem} APT_FAILED
 */
export async function installPackages(names, { services, logFile, signal, detail }) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  /** @param {string} command @param {string[]} args */
  const run = (command, args) =>
    runCommand(command, args, { env, logFile, signal, timeoutMs: APT_LIMIT_MS, onLine: detail });

  const newServices = await missingPackages(services);
  const removePolicy = forbidServiceStarts();
  try {
    // An installation that was cut off earlier must be finished before apt does anything.
    if ((await run('dpkg', ['--audit'])).stdout.trim() !== '') await run('dpkg', ['--configure', '-a']);
    const install = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', 'install', ...names];
    let result = await run('apt-get', install);
    if (result.code !== 0 && !signal.aborted) {
      // The package lists are missing or old.
      const update = await run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'update']);
      result = update.code === 0 ? await run('apt-get', install) : update;
    }
    if (signal.aborted) return;
    if (result.code !== 0) {
      throw new Problem(
        'APT_FAILED',
        `The packages ${names.join(', ')} could not be installed:\n${lastLines(result.output, 6)}`,
        `Check the network and /etc/apt, then try: apt-get update && apt-get install ${names.join(' ')}. Log: ${logFile}`,
      );
    }
    await disableServices(newServices, run);
  } finally {
    removePolicy();
  }
}

/**
 * While a policy file says 101, no package's installation starts a service.
 * @returns {() => void} takes it away again
 */
function forbidServiceStarts() {
  const ours = readIfThere(POLICY)?.includes(POLICY_MARK) === true;
  if (existsSync(POLICY) && !ours) return () => {};
  writeFileSync(POLICY, `#!/bin/sh\n${POLICY_MARK}\nexit 101\n`, { mode: 0o755 });
  return () => rmSync(POLICY, { force: true });
}

/**
 * A service that came with a package must not start at the next boot either.
 * @param {readonly string[]} services
 * @param {(command: string, args: string[]) => Promise<{code: number}>} run
 */
async function disableServices(services, run) {
  for (const service of services) {
    if (existsSync('/usr/bin/systemctl')) await run('systemctl', ['disable', `${service}.service`]);
    else await run('update-rc.d', [service, 'disable']);
  }
}

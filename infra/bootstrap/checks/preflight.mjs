/** Checks the machine before anything is touched, and what needs installed tools right after the installation. */
import {
  architecture,
  controlGroups,
  disk,
  givenRedis,
  kernelVersion,
  memory,
  nodeVersion,
  operatingSystem,
  overlayFs,
  publicPort,
  rootUser,
  seccomp,
  startChoice,
  userNamespaces,
} from './checks.mjs';
import { cloneReadable } from './clone-check.mjs';
import { loopDisks, networkFeatures } from './kernel-checks.mjs';

/** In this order: what explains a later failure comes first. */
export const MACHINE_CHECKS = [
  nodeVersion,
  operatingSystem,
  architecture,
  rootUser,
  cloneReadable,
  kernelVersion,
  userNamespaces,
  seccomp,
  controlGroups,
  overlayFs,
  memory,
  disk,
];
export const START_CHECKS = [publicPort, startChoice, givenRedis];
export const INSTALLED_CHECKS = [networkFeatures, loopDisks];

/**
 * Runs checks in order and stops at the first Problem.
 * @param {readonly import('./checks.mjs').Check[]} checks
 * @param {import('./machine.mjs').Machine} machine
 * @param {Record<string, string>} settings
 */
export async function runChecks(checks, machine, settings) {
  for (const check of checks) {
    const problem = await check(machine, settings);
    if (problem !== undefined) throw problem;
  }
}

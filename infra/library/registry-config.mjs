/** Configuration files of docker-registry: the library, and a pull-through cache of another registry. */
import { writeFileSync } from 'node:fs';

/**
 * @typedef {object} RegistrySettings
 * @property {string} storage folder with (or for) the registry's data
 * @property {string} address `127.0.0.1:PORT`; the registry speaks to this host alone
 * @property {boolean} readOnly refuses every push
 * @property {string} [upstream] makes it a pull-through cache of this registry's address
 */

/**
 * @param {RegistrySettings} settings
 * @returns {string} YAML, written as JSON, which every YAML parser reads and no value of ours can break
 */
export function registryConfig({ storage, address, readOnly, upstream }) {
  const config = {
    version: 0.1,
    log: { level: 'info', formatter: 'text', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: storage, maxthreads: 100 },
      // A library of a few dozen manifests: what a pull asks twice is answered from memory.
      cache: { blobdescriptor: 'inmemory' },
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: readOnly } },
      redirect: { disable: true },
    },
    http: { addr: address, headers: { 'X-Content-Type-Options': ['nosniff'] } },
    ...(upstream === undefined ? {} : { proxy: { remoteurl: upstream } }),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/**
 * Writes the configuration for `docker-registry serve FILE`.
 * @param {string} file
 * @param {RegistrySettings} settings
 */
export function writeRegistryConfig(file, settings) {
  writeFileSync(file, registryConfig(settings), { mode: 0o644 });
}

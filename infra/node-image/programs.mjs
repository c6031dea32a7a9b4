/** The programs of native/ that live in a node. */

/**
 * @typedef {object} Program
 * @property {string} name in native/build
 * @property {string} path in the node
 * @property {boolean} optional left out when native/ has not (yet) built it
 */

/** @type {readonly Program[]} */
export const PROGRAMS = [
  { name: 'drydock-init', path: '/usr/lib/drydock/init', optional: false },
  { name: 'drydock-ctl', path: '/usr/lib/drydock/drydock-ctl', optional: false },
  { name: 'swarm-mesh', path: '/usr/lib/drydock/swarm-mesh', optional: true },
];

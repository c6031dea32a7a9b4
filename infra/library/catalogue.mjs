/** What the library holds. */
import { busybox } from './images/busybox.mjs';
import { debian } from './images/debian.mjs';
import { nginx } from './images/nginx.mjs';
import { node } from './images/node.mjs';
import { python } from './images/python.mjs';
import { redis } from './images/redis.mjs';
import { registry } from './images/registry.mjs';
import { web1, web2 } from './images/web.mjs';

/**
 * @typedef {object} LibraryImage
 * @property {string} repository as in a registry's paths
 * @property {string} description one line for the page
 * @property {'debian' | 'scratch'} base
 * @property {string[]} packages installed over the base
 * @property {string | undefined} versionOf the package whose version the tags carry
 * @property {(facts: {version: string, suite: string}) => string[]} tags
 * @property {string} [files] a tree that is laid over, relative to infra/library
 * @property {string[]} [finish] shell lines run in the image, each must succeed
 * @property {boolean} [withNpm]
 * @property {Record<string, unknown>} config of the image, in Docker's own words
 */

/** Those over Debian first take longest, so they are listed, and started, by their weight. */
/** @type {readonly LibraryImage[]} */
export const CATALOGUE = [debian, python, node, nginx, redis, registry, busybox, web1, web2];

/** What the library holds. */
import { adminer } from './images/adminer.mjs';
import { alpine } from './images/alpine.mjs';
import { busybox } from './images/busybox.mjs';
import { debian } from './images/debian.mjs';
import { golang } from './images/golang.mjs';
import { helloWorld } from './images/hello-world.mjs';
import { httpd } from './images/httpd.mjs';
import { mariadb } from './images/mariadb.mjs';
import { memcached } from './images/memcached.mjs';
import { nginx } from './images/nginx.mjs';
import { node } from './images/node.mjs';
import { postgres } from './images/postgres.mjs';
import { python } from './images/python.mjs';
import { redis } from './images/redis.mjs';
import { registry } from './images/registry.mjs';
import { ubuntu } from './images/ubuntu.mjs';
import { web1, web2 } from './images/web.mjs';
import { whoami } from './images/whoami.mjs';

/**
 * @typedef {object} LibraryImage
 * @property {string} repository as in a registry's paths
 * @property {string} description one line for the page
 * @property {'debian' | 'busybox' | 'scratch'} base another image that it stands on, or nothing
 * @property {string[]} packages installed over the base
 * @property {string | undefined} versionOf the package whose version the tags carry
 * @property {(facts: {version: string, suite: string}) => string[]} tags
 * @property {string} [files] a tree that is laid over, relative to infra/library
 * @property {{sources: string[], target: string}} [program] a C program that is all of the image: files relative to infra/library, its name in the root
 * @property {string[]} [finish] shell lines run in the image, each must succeed
 * @property {boolean} [withNpm]
 * @property {Record<string, unknown>} config of the image, in Docker's own words
 */

/** What every installation has. Those over Debian first take longest, so they are listed, and started, by their weight. */
/** @type {readonly LibraryImage[]} */
export const CORE = [
  ...[debian, python, node, httpd, nginx, redis, registry, memcached, ubuntu],
  ...[busybox, alpine, helloWorld, whoami, web1, web2],
];

/** What is big: made in the background when the rest already runs. */
/** @type {readonly LibraryImage[]} */
export const MORE = [mariadb, golang, postgres, adminer];

/** Pushes an image into a registry by its own protocol (distribution's HTTP API, version 2). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { Problem } from '../common/problem.mjs';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/**
 * @typedef {object} Variant an image for one platform
 * @property {object} config
 * @property {readonly import('./layers.mjs').Layer[]} layers
 */

/**
 * @param {object} image
 * @param {string} image.registry URL
 * @param {string} image.repository
 * @param {readonly string[]} image.tags
 * @param {object} image.config
 * @param {readonly import('./layers.mjs').Layer[]} image.layers
 * @param {{arch: string, others: Record<string, Variant>}} [image.platforms] the processor of this image, and the image for others, by Go's names;
 *   with others the tags name a list of them all
 * @param {Map<string, string>} image.known digests of blobs and a repository that has each; filled as we go
 * @returns {Promise<{digest: string, sizeBytes: number}>} of what the tags name; of all that a first pull moves
 */
export async function pushImage({ registry, repository, tags, config, layers, platforms, known }) {
  const own = await pushVariant(registry, repository, { config, layers }, known);
  const sizeBytes = own.configBytes + layers.reduce((sum, layer) => sum + layer.size, 0);
  const others = Object.entries(platforms?.others ?? {});
  /** @param {string} reference @param {Buffer} body @param {string} type */
  const put = (reference, body, type) =>
    send('PUT', `${registry}/v2/${repository}/manifests/${reference}`, 201, body, {
      'content-type': type,
      'content-length': body.length,
    });
  if (platforms === undefined || others.length === 0) {
    for (const tag of tags) await put(tag, own.manifest, MANIFEST);
    return { digest: digestOf(own.manifest), sizeBytes };
  }
  const entries = [];
  for (const [arch, variant] of /** @type {[string, Variant][]} */ ([
    [platforms.arch, { config, layers }],
    ...others,
  ])) {
    const { manifest } = await pushVariant(registry, repository, variant, known);
    await put(digestOf(manifest), manifest, MANIFEST);
    entries.push({
      mediaType: MANIFEST,
      size: manifest.length,
      digest: digestOf(manifest),
      platform: { architecture: arch, os: 'linux', ...(arch === 'arm64' ? { variant: 'v8' } : {}) },
    });
  }
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_LIST, manifests: entries }));
  for (const tag of tags) await put(tag, list, MANIFEST_LIST);
  return { digest: digestOf(list), sizeBytes };
}

/**
 * Pushes the blobs of an image for one platform.
 * @param {string} registry
 * @param {string} repository
 * @param {Variant} variant
 * @param {Map<string, string>} known
 * @returns {Promise<{manifest: Buffer, configBytes: number}>}
 */
async function pushVariant(registry, repository, { config, layers }, known) {
  const body = Buffer.from(JSON.stringify(config));
  const configDigest = digestOf(body);
  for (const layer of layers) {
    await pushBlob(registry, repository, layer.digest, layer.size, () => createReadStream(layer.file), known);
  }
  await pushBlob(registry, repository, configDigest, body.length, () => body, known);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, size: body.length, digest: configDigest },
      layers: layers.map(({ digest, size }) => ({ mediaType: LAYER, size, digest })),
    }),
  );
  return { manifest, configBytes: body.length };
}

/**
 * @param {string} registry
 * @param {string} repository
 * @param {string} digest
 * @param {number} size
 * @param {() => Buffer | import('node:stream').Readable} content
 * @param {Map<string, string>} known
 */
async function pushBlob(registry, repository, digest, size, content, known) {
  const from = known.get(digest);
  const mount = from === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(from)}`;
  const started = await send('POST', `${registry}/v2/${repository}/blobs/uploads/${mount}`, [201, 202], undefined, {});
  if (started.status === 202) {
    const location = new URL(started.location, registry);
    location.searchParams.set('digest', digest);
    await send('PUT', location.href, 201, content(), {
      'content-type': 'application/octet-stream',
      'content-length': size,
    });
  }
  known.set(digest, repository);
}

/** @param {Buffer} bytes */
function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/**
 * @param {string} method
 * @param {string} url
 * @param {number | number[]} expected
 * @param {Buffer | import('node:stream').Readable | undefined} body
 * @param {Record<string, string | number>} headers
 * @returns {Promise<{status: number, location: string}>}
 */
function send(method, url, expected, body, headers) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text = (text + chunk).slice(0, 2000);
      });
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        if ([expected].flat().includes(status)) resolve({ status, location: answer.headers.location ?? '' });
        else
          reject(
            new Problem(
              'LIBRARY_FAILED',
              `docker-registry answered ${status} to ${method} ${url}: ${text}`,
              'Check the free disk.',
            ),
          );
      });
    });
    outgoing.on('error', reject);
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    else body.on('error', reject).pipe(outgoing);
  });
}

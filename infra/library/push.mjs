/** Pushes an image into a registry by its own protocol (distribution's HTTP API, version 2). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { Problem } from '../common/problem.mjs';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

/**
 * @param {object} image
 * @param {string} image.registry URL
 * @param {string} image.repository
 * @param {readonly string[]} image.tags
 * @param {object} image.config
 * @param {readonly import('./layers.mjs').Layer[]} image.layers
 * @param {Map<string, string>} image.known digests of blobs and a repository that has each; filled as we go
 * @returns {Promise<{digest: string, sizeBytes: number}>} of the manifest; of all that a first pull moves
 */
export async function pushImage({ registry, repository, tags, config, layers, known }) {
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
  for (const tag of tags) {
    const url = `${registry}/v2/${repository}/manifests/${tag}`;
    await send('PUT', url, 201, manifest, { 'content-type': MANIFEST, 'content-length': manifest.length });
  }
  return { digest: digestOf(manifest), sizeBytes: body.length + layers.reduce((sum, layer) => sum + layer.size, 0) };
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

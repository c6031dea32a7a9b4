/** For tests: a real docker-registry with a folder and a port of its own, and tiny images to fill it with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface TestRegistry {
  url: string;
  /** Stores an image of one layer with these bytes; resolves to the digests of its manifest and its layer. */
  push(repository: string, tag: string, layer: Buffer): Promise<{ manifest: string; layer: string }>;
  /** Whether the repository has the blob on its own disk. */
  stores(repository: string, digest: string): Promise<boolean>;
  close(): Promise<void>;
}

export const MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';

/** Starts it; `upstream` makes it a pull-through cache of another registry. */
export async function openRegistry(upstream?: string): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-registry-'));
  const proxy = upstream === undefined ? {} : { proxy: { remoteurl: upstream } };
  const { url, close } = await serve(folder, folder, proxy);

  async function blob(repository: string, bytes: Buffer): Promise<string> {
    const digest = digestOf(bytes);
    const begun = await fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(begun.headers.get('location') as string, url);
    location.searchParams.set('digest', digest);
    await must(fetch(location, { method: 'PUT', body: new Uint8Array(bytes) }));
    return digest;
  }

  return {
    url,
    async push(repository, tag, layer) {
      const config = Buffer.from('{}');
      const layerDigest = await blob(repository, layer);
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST_TYPE,
        config: {
          mediaType: 'application/vnd.docker.container.image.v1+json',
          size: config.length,
          digest: await blob(repository, config),
        },
        layers: [
          { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: layerDigest },
        ],
      });
      const headers = { 'content-type': MANIFEST_TYPE };
      await must(fetch(`${url}/v2/${repository}/manifests/${tag}`, { method: 'PUT', body: manifest, headers }));
      return { manifest: digestOf(Buffer.from(manifest)), layer: layerDigest };
    },
    async stores(repository, digest) {
      const link = `docker/registry/v2/repositories/${repository}/_layers/${digest.replace(':', '/')}/link`;
      return access(join(folder, link)).then(
        () => true,
        () => false,
      );
    },
    async close() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Serves an existing folder, such as the built library, without changing it. */
export async function serveLibrary(storage: string): Promise<{ url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-registry-'));
  const { url, close } = await serve(folder, storage, {});
  return {
    url,
    async close() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(folder: string, storage: string, more: object): Promise<{ url: string; close(): Promise<void> }> {
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
    ...more,
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = `http://${await listeningAddress(child)}`;
  return {
    url,
    async close() {
      if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
    },
  };
}

async function listeningAddress(child: ChildProcess): Promise<string> {
  child.on('error', () => undefined);
  for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address) {
      child.stderr?.resume();
      return address;
    }
  }
  throw new Error('docker-registry did not start');
}

async function must(answer: Promise<Response>): Promise<void> {
  const { status } = await answer;
  if (status !== 201) throw new Error(`docker-registry answered ${status}`);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

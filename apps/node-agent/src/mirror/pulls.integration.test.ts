import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { newSessionId } from '@drydock/protocol';
import { createLogger, systemClock } from '@drydock/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_LISTS } from '../network/egress-lists.ts';
import { createGatewayServices } from '../network/session/gateway-services.ts';
import type { NodeService } from '../nodes/node-service.ts';
import { loadNetnsAddon } from '../system/netns-addon.ts';
import { createNetnsSockets } from '../system/netns-sockets.ts';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { NATIVE_DIR, openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import { serveLibrary } from '../testing/registry.ts';
import { createMirrorFront } from './mirror-front.ts';

const unable = whyNoNodes(['node/current/rootfs', 'library/current']);
const logger = createLogger('test', 'warn');

describe.skipIf(unable !== undefined)(
  `images in a node without internet${unable ? ` (skipped: ${unable})` : ''}`,
  () => {
    const session = newSessionId(randomBytes(8));
    let library: { url: string; close(): Promise<void> };
    let host: RealHost;
    let agent: NodeService;

    beforeAll(async () => {
      library = await serveLibrary(join(IMAGES, 'library/current'));
      const mirror = createMirrorFront({
        libraryUrl: library.url,
        hasInternet: async () => false,
        logger,
        libraryFile: join(IMAGES, 'library/current/library.json'),
      });
      host = await openRealHost(IMAGES, 'warn', {
        egress: 'mirror-only',
        services: () =>
          createGatewayServices({
            sockets: createNetnsSockets(loadNetnsAddon(NATIVE_DIR)),
            upstream: { ask: async () => undefined },
            mirror: mirror.handle,
            lists: NO_LISTS,
            clock: systemClock,
            logger,
          }),
      });
      agent = await host.startAgent();
      await agent.create({ sessionId: session, node: 'node1', index: 1, limits: TEST_LIMITS });
      // A node is there before its engine is.
      await run('/usr/lib/drydock/drydock-ctl wait docker 60');
      expect((await run('docker version >/dev/null && echo up')).text).toBe('up');
    });
    afterAll(async () => {
      await host?.close();
      await library?.close();
    });

    async function run(script: string) {
      const result = await agent.exec(session, 'node1', { command: ['/bin/bash', '-c', script], timeoutSeconds: 110 });
      return { ...result, text: result.stdout.trim() };
    }

    test('a fresh node has no image, and pulls one of the library by its usual name', async () => {
      expect((await run('docker images --quiet')).text).toBe('');
      expect((await run('docker run --rm busybox echo hello')).text).toBe('hello');
      expect((await run('docker images --format "{{.Repository}}:{{.Tag}}"')).text).toBe('busybox:latest');
    });

    test('an image that the library lacks fails within three seconds with a sentence that says why', async () => {
      const pull = await run('docker pull nosuch');
      expect(pull.exitCode).toBe(1);
      expect(pull.stderr).toContain('This Drydock is offline and does not include "nosuch:latest"');
      expect(pull.stderr).toContain('nginx');
      expect((await run('docker run ngnix')).stderr).toContain('Nearest: nginx.');
      expect(pull.durationMs).toBeLessThan(3_000);
      const build = await run("printf 'FROM nosuch\\n' | docker build -");
      expect(build.stderr).toContain('does not include "nosuch:latest"');
      expect(build.durationMs).toBeLessThan(3_000);
      // A tag that is missing reads as docker's users know it, with what there is after it.
      const tag = await run('docker pull nginx:nosuch');
      expect(tag.stderr).toMatch(
        /manifest for nginx:nosuch not found: manifest unknown.*Included tags of nginx: .*latest/,
      );
    });

    test('docker search, as typed in a terminal, finds what the library has', async () => {
      const typed = (line: string) => run(`bash --rcfile /etc/bash.bashrc -ic '${line}' 2>&1`);
      expect((await typed('docker search --no-trunc key-value')).text).toMatch(/\nredis +The redis key-value store/);
      expect((await typed('docker search --limit 1 nginx --format "{{.Name}}"')).text).toMatch(/(^|\n)nginx$/);
    });

    test('a build takes its base from the library', async () => {
      const build = await run(
        "printf 'FROM debian\\nRUN echo built >/proof\\nCMD cat /proof\\n' | docker build -q -t own -",
      );
      expect(build.exitCode).toBe(0);
      expect((await run('docker run --rm own')).text).toBe('built');
    });

    test('an image is pulled by its digest', async () => {
      const digest = (await run('docker images --digests --format "{{.Digest}}" busybox')).text;
      expect((await run(`docker pull -q busybox@${digest}`)).text).toBe(`docker.io/library/busybox@${digest}`);
    });

    test('the mirror takes no push; a registry of the session does', async () => {
      const refused = await run('docker tag busybox 192.168.0.1:5000/mine && docker push 192.168.0.1:5000/mine');
      expect(refused.stderr).toContain('This mirror is read-only');
      const own = await run(`docker run -d --name registry -p 5000:5000 registry:2 >/dev/null &&
      curl -s --retry 20 --retry-all-errors --retry-delay 1 localhost:5000/v2/ >/dev/null &&
      docker tag busybox localhost:5000/me/box && docker push -q localhost:5000/me/box &&
      docker pull -q 192.168.0.11:5000/me/box && docker pull -q node1:5000/me/box && docker rm -f registry >/dev/null`);
      expect(own.text.split('\n').slice(-3)).toEqual([
        'localhost:5000/me/box:latest',
        '192.168.0.11:5000/me/box:latest',
        'node1:5000/me/box:latest',
      ]);
    });

    test('what tutorials begin with works, and says what it is', async () => {
      expect((await run('docker run --rm hello-world')).text).toContain('Hello from Drydock!');
      expect((await run('docker run --rm alpine sh -c "echo small"')).text).toBe('small');
      expect((await run('docker run --rm alpine apk add curl')).stderr).toContain(
        'It has no packages; use the image "debian"',
      );
      expect((await run('docker run --rm ubuntu bash -c "apt-get --version | head -n 1"')).text).toMatch(/^apt \d/);
      const label = '{{index .Config.Labels "org.opencontainers.image.description"}}';
      expect((await run(`docker image inspect -f '${label}' ubuntu alpine`)).text).toMatch(
        /^Debian 13 in place of Ubuntu.*\nBusyBox in place of Alpine Linux/,
      );
    });

    test('httpd, memcached and whoami answer as the images that people know', async () => {
      await run(`docker run -d --name web -p 8081:80 httpd && docker run -d --name who -p 8082:80 -e WHOAMI_NAME=me traefik/whoami &&
        docker run -d --name cache -p 8083:11211 memcached -m 32`);
      const get = (path: string) => run(`curl -s --retry 20 --retry-all-errors --retry-delay 1 ${path}`);
      expect((await get('localhost:8081')).text).toContain('<h1>It works!</h1>');
      expect((await get('localhost:8082/some/path')).text).toMatch(
        /^Name: me\nHostname: [0-9a-f]{12}\n.*\nGET \/some\/path HTTP\/1.1\n/s,
      );
      const told = await run(
        "for i in $(seq 50); do printf 'stats settings\\r\\nquit\\r\\n' | nc -w 1 localhost 8083 && break; sleep 0.2; done",
      );
      expect(told.text).toContain(`STAT maxbytes ${32 * 1024 * 1024}`);
      expect(
        (await run('docker stop web who cache >/dev/null; docker inspect -f "{{.State.ExitCode}}" web who cache')).text,
      ).toBe('0\n0\n0');
      await run('docker rm web who cache');
    });

    // A user namespace has registrations of its own since Linux 6.7; before, the host's hold, which this machine may lack.
    const [major = 0, minor = 0] = release().split('.').map(Number);
    const isNew = major > 6 || (major === 6 && minor >= 7);
    const hasOwnBinfmt = isNew && readFileSync('/proc/filesystems', 'utf8').includes('binfmt_misc');
    test.skipIf(!hasOwnBinfmt)('containers and builds for another processor run', async () => {
      const other = process.arch === 'arm64' ? ['amd64', 'x86_64'] : ['arm64', 'aarch64'];
      expect((await run(`docker run --rm --platform linux/${other[0]} busybox uname -m`)).text).toBe(other[1]);
      const build = await run(
        `printf 'FROM busybox\nRUN uname -m >/machine\nCMD cat /machine\n' | docker build -q --platform linux/${other[0]} -t foreign -`,
      );
      expect(build.stderr).toBe('');
      expect((await run(`docker run --rm --platform linux/${other[0]} foreign`)).text).toBe(other[1]);
      // The machine's own is what everybody else gets.
      expect((await run('docker pull -q busybox >/dev/null && docker run --rm busybox uname -m')).text).not.toBe(
        other[1],
      );
    });

    test('nginx, redis, python and node behave as the images that people know', async () => {
      const web = await run(`docker run -d --name front -p 8080:80 nginx >/dev/null &&
      curl -s --retry 20 --retry-all-errors --retry-delay 1 localhost:8080 | grep -o '<title>.*</title>' && docker logs front 2>&1 | tail -n 1`);
      expect(web.text).toMatch(/^<title>Welcome to nginx!<\/title>\n.*"GET \/ HTTP\/1\.1" 200/);
      const stopped = await run('docker stop front >/dev/null && docker inspect -f "{{.State.ExitCode}}" front');
      expect([stopped.text, stopped.durationMs < 5_000]).toEqual(['0', true]);
      expect((await run('docker run --rm redis redis-cli --version')).text).toMatch(/^redis-cli \d/);
      const modules = 'ssl, sqlite3, ctypes, lzma, bz2, curses, dbm.gnu, venv, ensurepip, tkinter, zoneinfo, asyncio';
      expect((await run(`docker run --rm python python -c "import ${modules}; print('all')"`)).text).toBe('all');
      expect((await run('docker run --rm node -p "1 + 1"')).text).toBe('2');
      expect((await run('docker run --rm node npm --version')).text).toMatch(/^\d+\.\d+/);
    });

    test('drydock/web shows its version and container, counts visits in redis, and ends at once', async () => {
      const page =
        await run(`docker network create lab >/dev/null && docker run -d --network lab --name redis redis >/dev/null &&
      docker run -d --network lab --name web -e NODE=node1 -p 81:80 drydock/web:1 >/dev/null && docker run -d --name web2 -p 82:80 drydock/web:2 >/dev/null
      for i in $(seq 50); do curl -s localhost:81 | grep -q visits && break; sleep 0.2; done
      curl -s localhost:81; curl -s localhost:82; docker ps -q --filter name='^web$'`);
      const id = page.text.split('\n').at(-1);
      expect(page.text).toContain('version 1');
      expect(page.text).toContain(`container ${id}`);
      expect(page.text).toContain('node node1');
      expect(page.text).toMatch(/visits \d+/);
      expect(page.text).toContain('version 2');
      const stopped = await run(
        'docker stop web >/dev/null; docker inspect -f "{{.State.ExitCode}}" web; docker rm -f redis web2 >/dev/null',
      );
      expect([stopped.text, stopped.durationMs < 5_000]).toEqual(['0', true]);
    });

    test('after a restart of docker, what should always run does and what was stopped for good does not', async () => {
      await run(`docker run -d --name always --restart always busybox sleep 1d &&
      docker run -d --name unless-stopped --restart unless-stopped busybox sleep 1d && docker stop -t 1 always unless-stopped`);
      await run('systemctl restart docker');
      expect((await run('docker ps --format "{{.Names}}"')).text).toBe('always');
      await run('docker rm -f always unless-stopped');
    });

    test('docker can give its containers ids of their own', async () => {
      await run(
        `cp /etc/docker/daemon.json /tmp/good && jq '. + {"userns-remap": "default"}' /tmp/good >/etc/docker/daemon.json`,
      );
      expect((await run('systemctl restart docker')).exitCode).toBe(0);
      expect((await run('docker run --rm busybox cat /proc/self/uid_map')).text).toMatch(/^0 +65536 +65536$/);
      await run('cp /tmp/good /etc/docker/daemon.json && systemctl restart docker');
    });
  },
);

/**
 * Exercises of the learner's book on containers, images, compose and volumes (chapters 4, 7, 8, 9, 13), in a real node. Images of the
 * same behaviour come from our own library: `debian` for the book's ubuntu, `busybox` for its alpine, `drydock/web` for its web app.
 */
import { type ApiSession, createSession } from '../../support/api.ts';
import { expect, test } from '../../support/test.ts';

test.describe('the book: one node', () => {
  let session: ApiSession;
  test.beforeAll(async ({ stack }) => {
    session = await createSession(stack.origin);
    await session.addNode('node1');
    await session.dockerReady('node1');
  });
  test.afterAll(async () => session?.close());

  /** Runs lines as a learner would and gives all output; a line that fails ends the exercise unless it is expected to. */
  async function run(script: string, timeoutSeconds = 120): Promise<string> {
    const { exitCode, stdout, stderr } = await session.sh('node1', script, timeoutSeconds);
    expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    return stdout + stderr;
  }

  test('C04-01 the engine responds, with sudo too', async () => {
    const out = await run('docker version && sudo docker version');
    expect(out.match(/Server:/g)).toHaveLength(2);
  });

  test('C04-02 a fresh node has no images', async () => {
    expect((await run('docker images -q | wc -l')).trim()).toBe('0');
  });

  test('C04-03 pull an image', async () => {
    expect(await run('docker pull debian:latest')).toContain('docker.io/library/debian:latest');
    expect(await run('docker images')).toMatch(/^debian\s+latest/m);
  });

  test('C05 stock programs at their usual places, overlay2 and runc', async () => {
    await run(
      'ls /usr/bin/dockerd /usr/bin/containerd /usr/bin/containerd-shim-runc-v2 && (ls /usr/bin/runc || ls /usr/sbin/runc)',
    );
    const info = await run('docker info');
    expect(info).toMatch(/Storage Driver: overlay2/);
    expect(info).toMatch(/Default Runtime: runc/);
    expect((await run('pgrep -c -x dockerd')).trim()).toBe('1');
  });

  test('C07-03 is docker running: service and systemctl', async () => {
    expect((await run('systemctl is-active docker')).trim()).toBe('active');
    expect(await run('service docker status')).toMatch(/running/i);
    expect(await run('journalctl -u docker.service -n 5 --no-pager')).not.toBe('');
  });

  test('C07-06 data survives stop and start', async () => {
    await run('docker run -dit --name percy debian bash && docker exec percy sh -c "echo sentence > /tmp/newfile"');
    await run('docker stop -t 1 percy && docker ps -a | grep percy | grep Exited && docker start percy');
    expect(await run('docker exec percy cat /tmp/newfile; docker rm -f percy')).toContain('sentence');
  });

  test('C07-08 a PID 1 that ignores SIGTERM is killed: 137', async () => {
    await run('docker run -d --name stubborn busybox sleep 1d && docker stop -t 1 stubborn');
    expect(await run("docker inspect -f '{{.State.ExitCode}}' stubborn; docker rm stubborn")).toContain('137');
  });

  test('C07-09 a restart policy heals', async () => {
    await run('docker run -d --name neversaydie --restart always busybox sh -c "sleep 1; exit 1"; sleep 5');
    expect(Number((await run("docker inspect -f '{{.RestartCount}}' neversaydie")).trim())).toBeGreaterThanOrEqual(1);
    await run('docker rm -f neversaydie');
  });

  test('C07-10 always and unless-stopped over a restart of the daemon', async () => {
    await run(
      'docker run -d --name always --restart always busybox sleep 1d; docker run -d --name unless-stopped --restart unless-stopped busybox sleep 1d; docker stop -t 1 always unless-stopped; systemctl restart docker; until docker ps >/dev/null 2>&1; do sleep 0.2; done; sleep 2',
    );
    const all = await run("docker ps -a --format '{{.Names}} {{.Status}}'");
    expect(all).toMatch(/^always Up/m);
    expect(all).toMatch(/^unless-stopped Exited/m);
    await run('docker rm -f always unless-stopped');
  });

  test('C07-11 a web server on port 80', async () => {
    await run('docker run -d --name webserver -p 80:80 drydock/web:1');
    expect(await run('docker ps')).toContain('0.0.0.0:80->80/tcp');
    expect(await run('curl -s --retry 10 --retry-connrefused localhost:80')).toContain('version 1');
    await run(
      'docker pause webserver && docker unpause webserver && docker stop -t 1 webserver && docker start webserver && docker rm -f webserver',
    );
  });

  test('C08-02 build, inspect and the build cache', async () => {
    await run(
      'mkdir -p app && cd app && echo hello > page && printf "FROM busybox\\nLABEL maintainer=me\\nCOPY . /src\\nWORKDIR /src\\nRUN cat page > copy\\nENTRYPOINT [\\"cat\\",\\"copy\\"]\\n" > Dockerfile',
    );
    expect(await run('cd app && docker build -t app:1 . 2>&1')).toContain('naming to docker.io/library/app:1');
    expect(await run('docker run --rm app:1')).toContain('hello');
    expect(await run('cd app && docker build -t app:1 . 2>&1')).toContain('CACHED');
    expect(await run('docker inspect app:1')).toContain('"maintainer": "me"');
    expect(await run('docker history app:1')).toContain('COPY . /src');
  });

  test('C08-06 multi-stage builds with targets, from scratch', async () => {
    await run(
      'mkdir -p stages && cd stages && printf "FROM busybox AS base\\nFROM base AS a\\nRUN sleep 1; cp /bin/busybox /a\\nFROM base AS b\\nRUN sleep 1; cp /bin/busybox /b\\nFROM scratch AS one\\nCOPY --from=a /a /bin/a\\nFROM scratch AS both\\nCOPY --from=a /a /bin/a\\nCOPY --from=b /b /bin/b\\n" > Dockerfile',
    );
    await run('cd stages && docker build -t multi:both . && docker build -t multi:one --target one .');
    expect((await run('docker history -q multi:both | wc -l')).trim()).toBe('2');
    expect((await run('docker history -q multi:one | wc -l')).trim()).toBe('1');
  });

  test('C08-03 push to a registry of one’s own name needs one to run', async () => {
    expect(
      await session.sh('node1', 'docker tag busybox localhost:5000/me/box && docker push localhost:5000/me/box'),
    ).toMatchObject({
      exitCode: 1,
    });
  });

  test('C09 compose: up, ps, top, scale of facts, down with volumes, and the old name', async () => {
    await run(`mkdir -p multi-container && cd multi-container && cat > compose.yaml <<'YAML'
services:
  web-fe:
    image: drydock/web:1
    ports: ["5001:80"]
    networks: [counter-net]
    volumes: ["counter-vol:/data"]
  redis:
    image: redis
    networks: [counter-net]
networks:
  counter-net:
volumes:
  counter-vol:
YAML
docker compose up --detach 2>&1`);
    expect(await run('docker compose version')).toMatch(/v?2\./);
    expect(await run('cd multi-container && docker compose ps')).toContain('5001->80/tcp');
    await run('until curl -s localhost:5001 | grep -q visits; do sleep 0.3; done', 30);
    const first = Number(/visits (\d+)/.exec(await run('curl -s localhost:5001'))?.[1]);
    const second = Number(/visits (\d+)/.exec(await run('curl -s localhost:5001'))?.[1]);
    expect(second).toBeGreaterThan(first);
    expect(await run('cd multi-container && docker compose top')).toContain('redis-server');
    expect(await run('docker volume inspect multi-container_counter-vol')).toContain(
      '/var/lib/docker/volumes/multi-container_counter-vol/_data',
    );
    await run('cd multi-container && docker-compose down -t 1 --volumes --rmi all 2>&1');
    expect(await run('docker volume ls -q; docker network ls')).not.toContain('counter');
  });

  test('C13 volumes: protect, outlive the container, seen on the node', async () => {
    await run(
      'docker run -dit --name voltainer --mount source=bizvol,target=/vol busybox && docker exec voltainer sh -c "echo promise > /vol/file1"',
    );
    const removal = await session.sh('node1', 'docker volume rm bizvol');
    expect(removal.stderr).toContain('volume is in use');
    await run('docker rm -f voltainer');
    expect(await run('cat /var/lib/docker/volumes/bizvol/_data/file1')).toContain('promise');
    expect(
      await run('docker run --rm --mount source=bizvol,target=/vol busybox cat /vol/file1; docker volume rm bizvol'),
    ).toContain('promise');
  });

  test('C11 bridge networks: names on user networks, not on the default one, and brctl', async () => {
    await run(
      'docker network create -d bridge localnet && docker run -d --name c1 --network localnet busybox sleep 1d && docker run -d --name c2 --network localnet busybox sleep 1d',
    );
    expect(await run('docker exec c2 ping -c 1 c1')).toContain('1 packets received');
    expect((await session.sh('node1', 'docker run --rm busybox ping -c 1 -W 1 c1')).exitCode).not.toBe(0);
    expect(await run('brctl show')).toContain('docker0');
    await run('docker rm -f c1 c2 && docker network rm localnet');
  });

  test('nested privileged containers, exec with a tty, limits that hold', async () => {
    expect(
      await run('docker run --rm --privileged busybox sh -c "mount -t tmpfs none /tmp && echo mounted"'),
    ).toContain('mounted');
    expect(
      await run(
        'docker run --rm -m 64m busybox cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null || true',
      ),
    ).toContain('67108864');
    const oom = await session.sh(
      'node1',
      'docker run --name hog -m 16m busybox sh -c "tail /dev/zero"; docker inspect -f "{{.State.OOMKilled}}" hog; docker rm hog',
    );
    expect(oom.stdout).toContain('true');
  });

  test('what the system call filter bars has another way, or seems to be done', async () => {
    // No core dumps: programs that insist on it would end if they were told that it failed.
    await run('docker run --rm --ulimit core=0 busybox true; ssh-agent true');
    // Without fsopen, mount falls back on the old call; bind mounts go on with open_tree.
    await run(`mount -t tmpfs -o size=1m none /mnt && mount -t overlay -o lowerdir=/etc:/usr none /mnt && mount --bind /root /mnt &&
      umount /mnt && umount /mnt && umount /mnt`);
    await run('ping -c 1 127.0.0.1 && ip link add d0 type bridge && ip link del d0');
  });
});

test('C04-04 Ctrl-P Ctrl-Q reaches docker, and the container lives on', async ({ workbench, page }) => {
  await workbench.addNode('node1');
  await workbench.type('docker run -it --name box busybox sh');
  await workbench.expectText('/ #');
  await page.keyboard.press('Control+p');
  await page.keyboard.press('Control+q');
  // Detached: the node's own prompt follows the container's.
  await workbench.expectText(/\/ # .*root@node1:/s);
  await workbench.type('clear; docker ps');
  await workbench.expectText(/busybox.*Up/);
  await workbench.type('clear; docker exec -it box sh');
  await workbench.expectText('/ #');
  await workbench.type('tty; exit');
  await workbench.expectText('/dev/pts/');
});

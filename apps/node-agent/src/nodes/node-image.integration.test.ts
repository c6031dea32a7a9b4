import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newSessionId } from '@drydock/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES, whyNoNodes } from '../testing/env.ts';
import { openRealHost, type RealHost, TEST_LIMITS } from '../testing/nodes/real-host.ts';
import type { NodeService } from './node-service.ts';

const unable = whyNoNodes();

describe.skipIf(unable !== undefined)(`what a node has inside${unable ? ` (skipped: ${unable})` : ''}`, () => {
  const session = newSessionId(randomBytes(8));
  let host: RealHost;
  let agent: NodeService;

  beforeAll(async () => {
    host = await openRealHost(IMAGES);
    agent = await host.startAgent();
    const nodes = [1, 2].map((index) =>
      agent.create({ sessionId: session, node: `node${index}`, index, limits: TEST_LIMITS }),
    );
    await Promise.all(nodes);
    await run('/usr/lib/drydock/drydock-ctl wait docker 60; /usr/lib/drydock/drydock-ctl wait ssh 60');
    await run('/usr/lib/drydock/drydock-ctl wait ssh 60', 'node2');
  });
  afterAll(() => host?.close());

  async function run(script: string, node = 'node1') {
    const result = await agent.exec(session, node, { command: ['/bin/bash', '-c', script], timeoutSeconds: 100 });
    return { ...result, text: result.stdout.trim() };
  }
  const dockerPid = async () => (await run('systemctl show docker -p MainPID --value')).text;

  test('the engine and its parts are the distribution’s own, at their usual paths, each a process of its own', async () => {
    const found = await run(
      'ls /usr/bin/dockerd /usr/bin/containerd /usr/bin/containerd-shim-runc-v2 /usr/bin/runc /usr/bin/docker',
    );
    expect(found.exitCode).toBe(0);
    expect(
      (await run('dpkg -S $(readlink -f /usr/bin/dockerd /usr/bin/runc /usr/bin/containerd)')).text.split('\n'),
    ).toEqual(['docker.io: /usr/sbin/dockerd', 'runc: /usr/sbin/runc', 'containerd: /usr/bin/containerd']);
    expect((await run('ps -o args= -C dockerd,containerd | sort')).text.split('\n')).toEqual([
      '/usr/bin/containerd',
      '/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock',
    ]);
    expect((await run('docker info -f "{{.Driver}} {{.LoggingDriver}} {{.Name}}"')).text).toBe(
      'overlay2 json-file node1',
    );
    expect((await run('docker compose version && docker-compose version && docker buildx version')).exitCode).toBe(0);
  });

  test('every tool that exercises and learners use is there', async () => {
    const tools =
      'git vim nano curl wget jq tmux openssl tree brctl tcpdump sudo ssh perl less ps pstree htop nslookup dig ping nc lsof strace file unzip xz ip ss nft iptables nsenter script ab tar traceroute';
    expect((await run(`for tool in ${tools}; do command -v $tool >/dev/null || echo $tool; done`)).text).toBe('');
    expect((await run('sudo docker version -f "{{.Server.Os}}"')).text).toBe('linux');
  });

  test('service and systemctl stop, start and restart docker, and a stopped docker stays stopped', async () => {
    expect((await run('service docker status')).text).toContain('active (running)');
    expect((await run('service docker stop && systemctl is-active docker')).text.split('\n').at(-1)).toBe('inactive');
    const refused = await run('docker ps');
    expect(refused.stderr).toContain('Cannot connect to the Docker daemon at unix:///var/run/docker.sock');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await run('systemctl is-active docker')).exitCode).toBe(3);
    expect((await run('systemctl start docker && docker ps -q && systemctl is-active docker')).text).toBe('active');
    const before = await dockerPid();
    expect((await run('systemctl restart docker && docker ps -q')).exitCode).toBe(0);
    expect(await dockerPid()).not.toBe(before);
    expect((await run('service docker restart && systemctl is-active docker.service')).text).toContain('active');
  });

  test('enable and disable change the distribution’s own link', async () => {
    expect((await run('systemctl disable docker; systemctl is-enabled docker')).text).toBe('disabled');
    expect((await run('ls /etc/systemd/system/multi-user.target.wants')).text).not.toContain('docker.service');
    expect((await run('systemctl enable docker; systemctl is-enabled docker')).text).toBe('enabled');
  });

  test('unknown services are refused in the words of systemctl', async () => {
    const start = await run('systemctl start nosuch');
    expect([start.exitCode, start.stderr]).toEqual([
      5,
      'Failed to start nosuch.service: Unit nosuch.service not found.\n',
    ]);
    expect((await run('systemctl status nosuch')).exitCode).toBe(4);
    expect((await run('systemctl --frobnicate status docker')).exitCode).toBe(1);
    expect((await run('su nobody -s /bin/sh -c "systemctl stop docker"')).stderr).toContain('Access denied');
    expect((await run('systemctl is-active docker')).text).toBe('active');
  });

  test('a dockerd that is killed comes back by itself', async () => {
    const before = await dockerPid();
    await run(`kill -9 ${before}`);
    await expect.poll(async () => (await run('docker info -f "{{.Name}}"')).text, { timeout: 20_000 }).toBe('node1');
    expect(await dockerPid()).not.toBe(before);
  });

  test('a broken daemon.json is said to be at fault, and mending it is enough', async () => {
    await run('cp /etc/docker/daemon.json /tmp/good && echo "{ broken" >/etc/docker/daemon.json');
    const restart = await run('systemctl restart docker');
    expect(restart.exitCode).toBe(1);
    expect(restart.stderr).toContain(
      'Job for docker.service failed because the control process exited with error code.',
    );
    expect((await run('journalctl -xeu docker.service --no-pager | tail -n 5')).text).toContain('daemon.json');
    await run('cp /tmp/good /etc/docker/daemon.json');
    expect((await run('systemctl start docker && docker info -f "{{.Name}}"')).text).toBe('node1');
  });

  test('docker run --init has an init that is no program of the image', async () => {
    const image = `set -e; d=$(mktemp -d); for f in /bin/bash $(ldd /bin/bash | grep -o '/[^ ]*'); do mkdir -p $d$(dirname $f); cp -L $f $d$f; done
      tar -C $d -c . | docker import - shell`;
    expect((await run(image)).stderr).toBe('');
    const { text, stderr } = await run("docker run --rm --init shell /bin/bash -c 'echo $$; echo $(</proc/1/comm)'");
    expect(stderr).toBe('');
    expect(text).toMatch(/^[2-9]\d*\ndocker-init$/);
    expect((await run('docker rmi shell')).stderr).toBe('');
  });

  test('journalctl shows, bounds and follows the daemon’s log', async () => {
    expect((await run('journalctl -u docker -n 2 --no-pager')).text.split('\n')).toHaveLength(2);
    expect((await run('journalctl -u docker -n 1')).text).toMatch(
      /^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d node1 dockerd\[\d+\]: /,
    );
    expect((await run('journalctl -u docker --since "1 hour ago" | wc -l')).text).not.toBe('0');
    expect((await run('journalctl -u docker --until "1 hour ago"')).text).toBe('-- No entries --');
    const followed = await run(`journalctl -u docker -f -n 0 >/tmp/followed & sleep 1
      systemctl restart docker
      for i in $(seq 50); do grep -q "API listen" /tmp/followed && break; sleep 0.1; done
      kill $!; grep -c "API listen" /tmp/followed`);
    expect(followed.text).toBe('1');
  });

  test('the prompt names node and address, and still does after cd', async () => {
    const typed = "printf 'cd /tmp\\nfalse\\nexit\\n'";
    const shown = await run(`(sleep 0.5; ${typed}) | TERM=xterm-256color script -qec 'bash -l' /dev/null`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and marks are what is taken off
    const plain = shown.stdout.replace(/\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07/g, '');
    expect(plain).toContain('[192.168.0.11] root@node1:');
    expect(plain).toContain('[192.168.0.11] root@node1:/tmp# ');
    // A terminal that shows colours still has the prompt's words in one piece.
    expect(shown.stdout).toContain('root@node1:/tmp#');
    for (const mark of [
      '\x1b]133;A\x07',
      '\x1b]133;B\x07',
      '\x1b]133;C\x07',
      '\x1b]133;D;1\x07',
      '\x1b]7;file://node1/tmp\x07',
    ]) {
      expect(shown.stdout).toContain(mark);
    }
  });

  test('ssh to another node of the session asks nothing, and each node has keys and an id of its own', async () => {
    await run('grep -q node2 /etc/hosts || echo "192.168.0.12 node2" >>/etc/hosts');
    const reached = await run('ssh -o BatchMode=yes node2 hostname');
    expect([reached.text, reached.stderr]).toEqual(['node2', '']);
    for (const file of ['/etc/ssh/ssh_host_ed25519_key.pub', '/etc/machine-id']) {
      const [mine, others] = await Promise.all([run(`cat ${file}`), run(`cat ${file}`, 'node2')]);
      expect(mine.text).not.toBe('');
      expect(mine.text).not.toBe(others.text);
    }
  });

  test('nothing of the building host is in the image', async () => {
    const root = join(IMAGES, 'node/current/rootfs');
    expect(existsSync(join(root, 'etc/ssh/ssh_host_ed25519_key'))).toBe(false);
    expect(existsSync(join(root, 'usr/sbin/policy-rc.d'))).toBe(false);
    expect((await run('cat /etc/apt/apt.conf.d/99mmdebstrap 2>/dev/null; docker images -q')).text).toBe('');
  });
});

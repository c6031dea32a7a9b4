import { expect, test } from 'vitest';
import { archiveSources, findArchive, findRelease, hostRelease, sourcesFor } from './apt-archive.mjs';

const DEBIAN_12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
const UBUNTU = 'PRETTY_NAME="Ubuntu 24.04"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=noble\n';

test('Debian and Ubuntu are told apart, and whatever is neither is refused by name', () => {
  expect(hostRelease(DEBIAN_12)).toEqual({ family: 'debian', codename: 'bookworm' });
  expect(hostRelease(UBUNTU)).toEqual({ family: 'ubuntu', codename: 'noble' });
  expect(() => hostRelease('PRETTY_NAME="Fedora 40"\nID=fedora\n')).toThrow(/Fedora 40/);
});

test('a host’s own archive is turned to the nodes’ release, with its updates and nobody else’s', () => {
  const targets = [
    'Debian|bookworm|http://archive.example/debian/',
    'Debian|bookworm-updates|http://archive.example/debian/',
    'Debian|bookworm-security|http://archive.example/security/',
    'Debian Backports|bookworm-backports|http://archive.example/debian/',
    'Debian|bookworm-backports|http://archive.example/debian/',
    'Docker|bookworm|http://elsewhere.example/debian/',
    'Debian|bookworm|http://archive.example/debian/',
  ].join('\n');
  expect(sourcesFor(targets, 'debian', 'bookworm', 'trixie', 'main')).toEqual([
    'deb http://archive.example/debian trixie main',
    'deb http://archive.example/debian trixie-updates main',
    'deb http://archive.example/security trixie-security main',
  ]);
});

test('without the release’s main archive there is none at all', () => {
  expect(sourcesFor('', 'debian', 'bookworm', 'trixie', 'main')).toEqual([]);
  const security = 'Debian|bookworm-security|http://archive.example/security/';
  expect(sourcesFor(security, 'debian', 'bookworm', 'trixie', 'main')).toEqual([]);
});

test('this very host has a release, and a mirror that is named takes the place of its archive', async () => {
  const release = await findRelease();
  expect(release.arch).toMatch(/^[a-z0-9]+$/);
  const named = { DRYDOCK_APT_MIRROR: 'http://archive.example/debian', DRYDOCK_APT_SECURITY: 'none' };
  const { sources } = await findArchive(release, named);
  expect(sources).toHaveLength(1);
  expect(sources[0]).toContain(`deb http://archive.example/debian ${release.suite} main`);
});

/** @type {import('./apt-archive.mjs').Release} */
const BOOKWORM = { family: 'debian', codename: 'bookworm', suite: 'trixie', arch: 'amd64' };
const MAIN = 'Debian|bookworm|http://archive.example/debian/';
const SECURITY = 'Debian|bookworm-security|http://archive.example/security/';
const SECURITY_LINE = 'deb http://archive.example/security trixie-security main';

test('an archive without the release’s security suite is refused by a sentence that says what to do', async () => {
  /** @type {string[]} */
  const refreshed = [];
  const apt = { targets: async () => MAIN, refresh: async () => void refreshed.push('update') };
  await expect(archiveSources(BOOKWORM, {}, apt)).rejects.toMatchObject({
    code: 'NO_SECURITY_SUITE',
    message: expect.stringContaining('trixie-security'),
    remedy: expect.stringContaining('DRYDOCK_APT_SECURITY'),
  });
  // apt's lists may be those of an update that was cut off.
  expect(refreshed).toHaveLength(1);
  const mirror = { DRYDOCK_APT_MIRROR: 'http://mirror.example/debian' };
  await expect(archiveSources(BOOKWORM, mirror, apt)).rejects.toMatchObject({ code: 'NO_SECURITY_SUITE' });
});

test('lists of an update that was cut off are completed once, and then have it', async () => {
  let lists = MAIN;
  const apt = {
    targets: async () => lists,
    refresh: async () => {
      lists = `${MAIN}\n${SECURITY}`;
    },
  };
  expect(await archiveSources(BOOKWORM, {}, apt)).toContain(SECURITY_LINE);
});

test('whoever names the archive of security updates gets it, and whoever names none has accepted to go without', async () => {
  const apt = { targets: async () => MAIN, refresh: () => Promise.reject(new Error('not asked for')) };
  const named = { DRYDOCK_APT_SECURITY: 'http://archive.example/security' };
  expect(await archiveSources(BOOKWORM, named, apt)).toEqual([
    'deb http://archive.example/debian trixie main',
    SECURITY_LINE,
  ]);
  const both = { ...named, DRYDOCK_APT_MIRROR: 'http://mirror.example/debian' };
  expect(await archiveSources(BOOKWORM, both, apt)).toEqual([
    'deb http://mirror.example/debian trixie main',
    SECURITY_LINE,
  ]);
  const accepted = { DRYDOCK_APT_SECURITY: 'none' };
  expect(await archiveSources(BOOKWORM, accepted, apt)).toEqual(['deb http://archive.example/debian trixie main']);
});

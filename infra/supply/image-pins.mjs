/**
 * What others made and the clone names by a name that its maker can change: images, actions of CI, downloads. Finds them, and writes digests
 * behind the tags of images, as their registries give them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** Where they lie. */
export const COMPOSE_DIRECTORY = join(REPO, 'infra/deploy/compose');
/** A registry that does not answer is not waited for (ms). */
const LIMIT_MS = 60_000;
/** `image:` of a compose file (`container:` of CI), and `FROM` of a Dockerfile: what stands before the image, the image, what comes after it. */
const IN_COMPOSE = /^(\s*(?:image|container):\s*)(\S+)(.*)$/;
const IN_DOCKERFILE = /^(FROM\s+(?:--platform=\S+\s+)?)(\S+)(.*)$/i;
const STAGE = /^FROM\s.*\sAS\s+(\S+)\s*$/gim;
const DIGEST = /@sha256:[0-9a-f]{64}$/;
/** A registry on this machine speaks plain HTTP, as Docker takes it. */
const ON_LOOPBACK = /^(127\.[\d.]+|localhost)(:\d+)?\//;

/**
 * @typedef {object} ImageName
 * @property {string} file
 * @property {string} name with its tag, without a digest
 * @property {boolean} pinned
 */

/** Where actions of CI are named. */
const WORKFLOWS = '.github/workflows/';
const USES = /^\s*(?:-\s*)?uses:\s*['"]?([^\s'"#]+)/gm;
/** An action by a commit, an image by its digest, or one of this very clone. */
const FIXED_ACTION = /^(\.\/.*|[\w./-]+@[0-9a-f]{40}|docker:\/\/.+@sha256:[0-9a-f]{64})$/;
/** Courses of learners: what they name is drawn by nodes, from the library of the installation. */
const COURSES = 'labs/';
/** Programs that make or run the place. Their tests speak with listeners of their own. */
const PROGRAM = /^(infra|native|\.ci|\.github)\/.*(\.(mjs|sh|mk)|Makefile|Dockerfile|\/run|\.ya?ml)$/;
const TEST = /(\.test\.mjs|-test\.sh|\/tests?\/.*)$/;
/** Commands that bring something from elsewhere, pinned by nothing: what apt brings is signed, what `npm ci` brings is in the lock file. */
const DOWNLOAD =
  /\b(?:curl|wget)\b[^\n|]*https?:\/\/(?!127\.|localhost|\$)|\b(?:docker|podman|skopeo)\s+(?:pull|copy)\s|\bnpx\s+(?:-y|--yes)\b|\bnpm\s+(?:i|install)\s+(?:-g|--global)\b|\bpip3?\s+install\b|\bgit\s+clone\s+https?:/;

/** @param {string} directory */
function sources(directory) {
  return readdirSync(directory)
    .filter((file) => /\.ya?ml$|Dockerfile$/.test(file))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(directory, file), 'utf8') }));
}

/**
 * Puts what `change` says in the place of each name of somebody else's image. Ours (they are built of this clone, and have a variable in
 * their names) and stages of the same Dockerfile are none.
 * @param {string} file
 * @param {string} text
 * @param {(image: string) => string} change
 */
function mapImages(file, text, change) {
  const isCompose = !/(Dockerfile|Containerfile)$/.test(file);
  const stages = new Set([...text.matchAll(STAGE)].map(([, stage = '']) => stage.toLowerCase()));
  return text
    .split('\n')
    .map((line) => {
      const [, before, image, after] = (isCompose ? IN_COMPOSE : IN_DOCKERFILE).exec(line) ?? [];
      if (image === undefined || image.includes('$') || image === 'scratch') return line;
      return stages.has(image.toLowerCase()) ? line : `${before}${change(image)}${after}`;
    })
    .join('\n');
}

/**
 * Every image of others that the files of `directory` name, each once a file.
 * @param {string} [directory]
 * @returns {ImageName[]}
 */
export function foreignImages(directory = COMPOSE_DIRECTORY) {
  return sources(directory).flatMap(({ file, text }) => {
    /** @type {Map<string, ImageName>} */
    const found = new Map();
    mapImages(file, text, (image) => {
      const name = image.replace(DIGEST, '');
      const pinned = DIGEST.test(image) && (found.get(name)?.pinned ?? true);
      found.set(name, { file, name, pinned });
      return image;
    });
    return [...found.values()];
  });
}

/** @param {string} root a checkout @returns {string[]} its files */
const filesOf = (root) =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)));

/**
 * What of the clone is named in a way that its maker can change, and is not of the compose files: actions of CI by a tag, images that another
 * file names, commands that download.
 * @param {string} [root]
 * @returns {string[]} `FILE: what`
 */
export function looseNames(root = REPO) {
  const compose = `${relative(REPO, COMPOSE_DIRECTORY)}/`;
  return filesOf(root).flatMap((file) => {
    if (file.startsWith(COURSES)) return [];
    const isProgram = PROGRAM.test(file) && !TEST.test(file);
    const namesImages = /\.ya?ml$|(Dockerfile|Containerfile)$/.test(file);
    if (!isProgram && !namesImages) return [];
    const text = readFileSync(join(root, file), 'utf8');
    /** @type {string[]} */
    const loose = [];
    if (file.startsWith(WORKFLOWS))
      loose.push(...[...text.matchAll(USES)].map(([, name = '']) => name).filter((name) => !FIXED_ACTION.test(name)));
    if (namesImages && !file.startsWith(compose))
      mapImages(file, text, (image) => {
        if (!DIGEST.test(image)) loose.push(image);
        return image;
      });
    // This file's own patterns are no commands.
    if (isProgram && file !== 'infra/supply/image-pins.mjs') loose.push(...(DOWNLOAD.exec(text)?.slice(0, 1) ?? []));
    return loose.map((name) => `${file}: ${name}`);
  });
}

/**
 * The digest that a tag has at its registry now: of the list of platforms, where it has several.
 * @param {string} name
 * @returns {Promise<string>} `sha256:…`
 * @throws {Problem} IMAGE_UNANSWERED
 */
export async function digestOf(name) {
  const plain = ON_LOOPBACK.test(name) ? ['--tls-verify=false'] : [];
  const { code, stdout, output, timedOut } = await runCommand(
    'skopeo',
    ['inspect', '--raw', ...plain, `docker://${name}`],
    { timeoutMs: LIMIT_MS },
  );
  if (code !== 0) {
    const why = timedOut ? `no answer within ${LIMIT_MS / 1000} s` : lastLines(output, 1);
    throw new Problem(
      'IMAGE_UNANSWERED',
      `The registry of ${name} does not say what it is: ${why}`,
      code === 127 ? 'Install the package skopeo.' : 'Run it where the registry can be reached. Nothing was written.',
    );
  }
  // A digest is the SHA-256 of the manifest's bytes (OCI image specification, descriptors).
  return `sha256:${createHash('sha256').update(stdout).digest('hex')}`;
}

/**
 * Writes the digest of today behind every tag, in place of an older one. All are asked before anything is written.
 * @param {string} [directory]
 * @returns {Promise<{name: string, digest: string}[]>}
 * @throws {Problem} IMAGE_UNANSWERED, IMAGE_UNTAGGED
 */
export async function pinImages(directory = COMPOSE_DIRECTORY) {
  const names = [...new Set(foreignImages(directory).map(({ name }) => name))].sort();
  const untagged = names.find((name) => !/:[\w.-]+$/.test(name));
  if (untagged !== undefined) {
    throw new Problem('IMAGE_UNTAGGED', `${untagged} has no tag.`, 'Write the tag that is meant: latest is a guess.');
  }
  const digests = new Map();
  for (const name of names) digests.set(name, await digestOf(name));
  for (const { file, text } of sources(directory)) {
    const pinned = mapImages(file, text, (image) => {
      const name = image.replace(DIGEST, '');
      return `${name}@${digests.get(name)}`;
    });
    if (pinned !== text) writeFileSync(join(directory, file), pinned);
  }
  return names.map((name) => ({ name, digest: digests.get(name) }));
}

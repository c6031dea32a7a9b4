/** Which images of others the compose files name, and by which content: finds the names, asks their registries, writes digests behind tags. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { Problem } from '../common/problem.mjs';
import { lastLines, runCommand } from '../common/run-command.mjs';

/** Where they lie. */
export const COMPOSE_DIRECTORY = join(REPO, 'infra/deploy/compose');
/** A registry that does not answer is not waited for (ms). */
const LIMIT_MS = 60_000;
/** `image:` of a compose file, and `FROM` of a Dockerfile: what stands before the image, the image, what comes after it. */
const IN_COMPOSE = /^(\s*image:\s*)(\S+)(.*)$/;
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
  const isCompose = !file.endsWith('Dockerfile');
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

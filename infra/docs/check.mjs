/** Checks that what documents and comments name is there: `node infra/docs/check.mjs`; a part of the stage `lint`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import {
  COMMAND_LINE_VARIABLES,
  INTERNAL_VARIABLES,
  SETTINGS,
  TEST_VARIABLES,
} from '../bootstrap/settings/env-table.mjs';
import { REPO } from '../common/paths.mjs';
import { referencesInComments, referencesInDocument } from './references.mjs';

/** @typedef {import('./references.mjs').Reference} Reference */

/** Names of what is not in the clone: of the state directory, of a build, of the kernel and the C library, examples. */
const NOT_OURS = [
  /^(?:linux|kernel|net|sys|asm)\/[\w/]+\.[ch]$/,
  /^(?:sysexits|sysmacros)\.h$/,
  /^(?:native\/)?build(?:\/|$)/,
  /^apps\/web\/\.next/,
  /^(?:nodes|images|networks|redis|secrets|logs|manager|alloc|library|node|web|disks)\//,
  /^(?:README|index|main|foo|a|x|report|manager|token|lab)\.(?:md|ts|json|c|sh|html|txt)$/,
];
const PROGRAM = /\.(?:ts|tsx|mjs|c|h|css)$/;

/** What tests feed to the product: its links are attacks. */
const FIXTURES = 'e2e/fixtures/';

/**
 * @param {string} root a checkout
 * @returns {string[]} `FILE:LINE: what is wrong`
 */
export function check(root) {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)));
  const known = createKnown(root, files);
  return files.flatMap((file) => {
    const isDocument = file.endsWith('.md');
    if (file.startsWith(FIXTURES) || (!isDocument && !PROGRAM.test(file))) return [];
    const text = readFileSync(join(root, file), 'utf8');
    const references = isDocument ? referencesInDocument(text) : referencesInComments(text);
    return references
      .filter((reference) => !known(reference, file))
      .map(({ kind, name, line }) => `${file}:${line}: there is no ${kind} ${name}`);
  });
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 * @returns {(reference: Reference, file: string) => boolean}
 */
function createKnown(root, files) {
  const folders = new Set(files.flatMap((file) => parents(file)));
  // Compose files and Dockerfiles have variables of their own.
  const deployed = files.filter((file) => file.startsWith('infra/deploy/') && !file.endsWith('.mjs'));
  const inDeployed = deployed.flatMap((file) => readFileSync(join(root, file), 'utf8').match(/DRYDOCK_[A-Z_]+/g) ?? []);
  const settings = new Set([
    ...SETTINGS.map(({ name }) => name),
    ...TEST_VARIABLES,
    ...INTERNAL_VARIABLES,
    ...COMMAND_LINE_VARIABLES,
    ...inDeployed,
  ]);
  const scripts = new Set(Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts));
  const protocol = readFileSync(join(root, 'docs/PROTOCOL.md'), 'utf8');
  const rules = new Set([...protocol.matchAll(/\*\*([A-Z]-?\d+)/g)].map(([, name]) => name));
  /** @type {Map<string, boolean>} */
  const answers = new Map();

  /** A path is known by its whole name, from its own folder, or by its last parts. @param {string} name @param {string} file */
  function isPath(name, file) {
    if (NOT_OURS.some((pattern) => pattern.test(name))) return true;
    const plain = name.replace(/\/$/, '');
    const here = posix.normalize(posix.join(dirname(file), plain));
    const pattern = new RegExp(`(?:^|/)${asPattern(plain)}(?:$|/|(?=\\.(?:ts|tsx|mjs|c|h|md)$))`);
    const key = `${plain}|${here}`;
    const before = answers.get(key);
    if (before !== undefined) return before;
    const answer =
      files.includes(here) || folders.has(here) || folders.has(plain) || files.some((one) => pattern.test(one));
    answers.set(key, answer);
    return answer;
  }

  /** @param {string} target @param {string} file */
  function isLink(target, file) {
    const [path = '', anchor] = target.split('#');
    const whole = path === '' ? file : posix.normalize(posix.join(dirname(file), path));
    if (!files.includes(whole) && !folders.has(whole.replace(/\/$/, ''))) return false;
    if (anchor === undefined || !whole.endsWith('.md')) return true;
    return anchorsOf(readFileSync(join(root, whole), 'utf8')).has(anchor);
  }

  return ({ kind, name }, file) => {
    switch (kind) {
      case 'link':
        return isLink(name, file);
      case 'path':
        return isPath(name, file);
      case 'setting':
        return name.endsWith('*')
          ? [...settings].some((setting) => setting.startsWith(name.slice(0, -1)))
          : settings.has(name);
      case 'script':
        return scripts.has(name);
      case 'rule':
        return rules.has(name);
    }
  };
}

/** @param {string} file @returns {string[]} its folders, from the root on */
function parents(file) {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** `*` and `{a,b}` as a shell reads them. @param {string} glob */
function asPattern(glob) {
  return glob
    .replace(/[.+?^$()|[\]\\]/g, '\\$&')
    .replaceAll('**', '.*')
    .replaceAll(/(?<!\.)\*/g, '[^/]*')
    .replaceAll(/\{([^}]*)\}/g, (_, choices) => `(?:${choices.replaceAll(',', '|')})`);
}

/** The anchors that a forge makes of headings. @param {string} text */
function anchorsOf(text) {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

if (process.argv[1] === join(REPO, 'infra/docs/check.mjs')) {
  const problems = check(REPO);
  for (const problem of problems) console.error(problem);
  console.log(`${problems.length} references to what is not there.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

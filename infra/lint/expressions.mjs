/**
 * Checks that no text can make a regular expression of ours slow: `node infra/lint/expressions.mjs`; a part of the stage `lint`. What runs in
 * production is judged: apps, packages, and the programs of infra that start and supervise a place. Tests and tools of developers read our own texts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPO } from '../common/paths.mjs';
import { expressionsOf } from './collect.mjs';
import { judge } from './judge.mjs';
import { BOUNDED, PUT_TOGETHER } from './let-through.mjs';

/** @typedef {import('./collect.mjs').Expression} Expression */

const JUDGED =
  /^(?:apps|packages|infra\/(?:bootstrap|common|host|library|node-image|supervisor))\/.*\.(?:ts|tsx|mts|js|mjs)$/;
const FOR_TESTS = /\.(?:test|spec|contract|d)\.\w+$|\/(?:testing|fixtures|bench|chaos|fuzz)\/|^packages\/testkit\//;

/**
 * @param {string} root a checkout
 * @param {{bounded?: readonly import('./let-through.mjs').Bounded[], putTogether?: readonly import('./let-through.mjs').PutTogether[]}} [lists]
 * @returns {Promise<string[]>} `FILE:LINE: what is wrong`
 */
export async function check(root, { bounded = BOUNDED, putTogether = PUT_TOGETHER } = {}) {
  const all = filesOf(root).flatMap((file) => expressionsOf(file, readFileSync(join(root, file), 'utf8')));
  /** @type {Map<string, Expression[]>} */
  const byForm = new Map();
  for (const one of all) byForm.set(one.text, [...(byForm.get(one.text) ?? []), one]);
  const forms = [...byForm.values()];
  const verdicts = await judge(forms.flatMap(([first]) => (first === undefined ? [] : [first])));
  /** @type {Set<unknown>} */
  const used = new Set();
  const slow = forms.flatMap((places, index) => {
    const verdict = verdicts[index];
    if (verdict === undefined || verdict.kind === 'safe') return [];
    return places.flatMap(({ file, line, text }) => {
      const leave = bounded.find((one) => one.text === text);
      if (leave !== undefined) {
        used.add(leave);
        return [];
      }
      const why = verdict.kind === 'slow' ? `${verdict.how}, by ${verdict.attack}` : `not judged: ${verdict.why}`;
      return [`${file}:${line}: ${text} can be made slow (${why})`];
    });
  });
  const unsaid = all.flatMap(({ file, line, text, open }) => {
    if (!open) return [];
    const said = putTogether.find((one) => one.file === file && one.text === text);
    used.add(said);
    return said === undefined
      ? [`${file}:${line}: ${text} is put together of what its file does not say, where "word" stands`]
      : [];
  });
  const stale = [...bounded, ...putTogether].flatMap((one) =>
    used.has(one) ? [] : [`infra/lint/let-through.mjs: ${one.text} is not there any more, or needs no leave`],
  );
  return [...slow, ...unsaid, ...stale];
}

/** @param {string} root @returns {string[]} */
function filesOf(root) {
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\0')
    .filter((file) => JUDGED.test(file) && !FOR_TESTS.test(file) && existsSync(join(root, file)));
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const problems = await check(REPO);
  if (problems.length === 0) console.log('No text makes a regular expression slow.');
  else {
    console.error(problems.join('\n'));
    process.exitCode = 1;
  }
}

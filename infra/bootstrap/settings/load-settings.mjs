/** Reads the settings: the environment over the `.env` file, validated against the table before anything is done. */
import { join } from 'node:path';
import { readIfThere } from '../../common/files.mjs';
import { REPO } from '../../common/paths.mjs';
import { Problem } from '../../common/problem.mjs';
import { INTERNAL_VARIABLES, SETTINGS, TEST_VARIABLES } from './env-table.mjs';
import { isPublic, PUBLIC_DEFAULTS } from './public-bind.mjs';

/**
 * All settings with their defaults; those that are unset and have none are missing from the answer.
 * @param {Record<string, string | undefined>} [environment]
 * @param {string} [envFile]
 * @returns {Record<string, string>}
 * @throws {Problem} BAD_SETTING, UNKNOWN_SETTING: one line that names every mistake
 */
export function loadSettings(environment = process.env, envFile = join(REPO, '.env')) {
  const given = { ...parseEnvFile(readIfThere(envFile) ?? ''), ...withoutEmpty(environment) };
  const known = new Map(SETTINGS.map((setting) => [setting.name, setting]));
  const names = Object.keys(given).filter((name) => name.startsWith('DRYDOCK_') || known.has(name));

  const unknown = names.filter((name) => !known.has(name) && !TEST_VARIABLES.includes(name));
  if (unknown.length > 0) throw unknownSetting(unknown);

  const bad = names.flatMap((name) => {
    const complaint = known.get(name)?.kind(given[name] ?? '');
    return complaint === undefined ? [] : [`${name} ${complaint} (it is ${JSON.stringify(given[name])})`];
  });
  if (bad.length > 0) {
    throw new Problem('BAD_SETTING', `${bad.join('; ')}.`, 'Correct or unset it; .env.example lists all settings.');
  }

  /** @type {Record<string, string>} */
  const settings = {};
  /** @type {Record<string, string>} */
  const defaults = isPublic(given) ? PUBLIC_DEFAULTS : {};
  for (const { name, fallback } of SETTINGS) {
    const value = given[name] ?? defaults[name] ?? fallback;
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}

/** @param {string[]} names */
function unknownSetting(names) {
  const internal = names.filter((name) => INTERNAL_VARIABLES.includes(name));
  if (internal.length > 0) {
    return new Problem(
      'UNKNOWN_SETTING',
      `${internal.join(', ')} cannot be set here: Drydock works it out by itself.`,
      `Unset ${internal.join(', ')}.`,
    );
  }
  const hints = names.map((name) => {
    const near = nearest(name);
    return near === undefined ? name : `${name} (did you mean ${near}?)`;
  });
  return new Problem(
    'UNKNOWN_SETTING',
    `There is no setting ${hints.join(', ')}.`,
    'Correct or unset it; .env.example lists all settings.',
  );
}

/**
 * `NAME=value` lines; blank lines and `#` lines are skipped, quotes around a value are taken off.
 * @param {string} text
 * @returns {Record<string, string>}
 * @throws {Problem} BAD_ENV_FILE
 */
export function parseEnvFile(text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const match = /^(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=(.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) {
      throw new Problem('BAD_ENV_FILE', `Line ${index + 1} of .env is not NAME=value.`, 'Correct or remove the line.');
    }
    const written = match[2].trim();
    const [, double, single] = /^"(.*)"$|^'(.*)'$/.exec(written) ?? [];
    const value = double ?? single ?? withoutRemark(written);
    if (value !== '') values[match[1]] = value;
  }
  return values;
}

/** A remark begins with a blank and `#`. @param {string} text */
function withoutRemark(text) {
  const at = text.search(/\s#/);
  return at < 0 ? text : text.slice(0, at).trimEnd();
}

/** @param {Record<string, string | undefined>} environment */
function withoutEmpty(environment) {
  /** @type {Record<string, string>} */
  const given = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value !== '') given[name] = value;
  }
  return given;
}

/**
 * The setting whose name is at most three edits away.
 * @param {string} name
 */
function nearest(name) {
  const [best] = SETTINGS.map((setting) => ({ name: setting.name, distance: editDistance(name, setting.name) })).sort(
    (a, b) => a.distance - b.distance,
  );
  return best !== undefined && best.distance <= 3 ? best.name : undefined;
}

/**
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Which language a file is in, by its name or first line; each language's code is loaded when a file needs it. */
import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';

type Load = () => Promise<LanguageSupport>;

const legacy =
  (load: () => Promise<StreamParser<unknown>>): Load =>
  async () =>
    new LanguageSupport(StreamLanguage.define(await load()));

const languages = {
  Dockerfile: legacy(() => import('@codemirror/legacy-modes/mode/dockerfile').then((mode) => mode.dockerFile)),
  YAML: () => import('@codemirror/lang-yaml').then(({ yaml }) => yaml()),
  JSON: () => import('@codemirror/lang-json').then(({ json }) => json()),
  Shell: legacy(() => import('@codemirror/legacy-modes/mode/shell').then((mode) => mode.shell)),
  nginx: legacy(() => import('@codemirror/legacy-modes/mode/nginx').then((mode) => mode.nginx)),
  TOML: legacy(() => import('@codemirror/legacy-modes/mode/toml').then((mode) => mode.toml)),
  INI: legacy(() => import('@codemirror/legacy-modes/mode/properties').then((mode) => mode.properties)),
  Python: legacy(() => import('@codemirror/legacy-modes/mode/python').then((mode) => mode.python)),
  JavaScript: legacy(() => import('@codemirror/legacy-modes/mode/javascript').then((mode) => mode.javascript)),
  TypeScript: legacy(() => import('@codemirror/legacy-modes/mode/javascript').then((mode) => mode.typescript)),
  Go: legacy(() => import('@codemirror/legacy-modes/mode/go').then((mode) => mode.go)),
  CSS: legacy(() => import('@codemirror/legacy-modes/mode/css').then((mode) => mode.css)),
  HTML: legacy(() => import('@codemirror/legacy-modes/mode/xml').then((mode) => mode.html)),
  XML: legacy(() => import('@codemirror/legacy-modes/mode/xml').then((mode) => mode.xml)),
  SQL: legacy(() => import('@codemirror/legacy-modes/mode/sql').then((mode) => mode.standardSQL)),
  Perl: legacy(() => import('@codemirror/legacy-modes/mode/perl').then((mode) => mode.perl)),
} satisfies Record<string, Load>;

export type LanguageName = keyof typeof languages;

const BY_NAME: Record<string, LanguageName> = {
  dockerfile: 'Dockerfile',
  containerfile: 'Dockerfile',
  'nginx.conf': 'nginx',
  '.bashrc': 'Shell',
  '.bash_history': 'Shell',
  '.profile': 'Shell',
  '.bash_profile': 'Shell',
  '.env': 'INI',
};
const BY_ENDING: Record<string, LanguageName> = {
  dockerfile: 'Dockerfile',
  yaml: 'YAML',
  yml: 'YAML',
  json: 'JSON',
  sh: 'Shell',
  bash: 'Shell',
  toml: 'TOML',
  ini: 'INI',
  env: 'INI',
  properties: 'INI',
  cfg: 'INI',
  service: 'INI',
  conf: 'nginx',
  py: 'Python',
  js: 'JavaScript',
  mjs: 'JavaScript',
  cjs: 'JavaScript',
  ts: 'TypeScript',
  go: 'Go',
  css: 'CSS',
  html: 'HTML',
  htm: 'HTML',
  xml: 'XML',
  svg: 'XML',
  sql: 'SQL',
  pl: 'Perl',
};
const BY_INTERPRETER: [RegExp, LanguageName][] = [
  [/^#!.*\b(ba|da|z|k|a)?sh\b/, 'Shell'],
  [/^#!.*\bpython/, 'Python'],
  [/^#!.*\bnode\b/, 'JavaScript'],
  [/^#!.*\bperl\b/, 'Perl'],
];

/** The language of a file; null for plain text. */
export function languageOf(name: string, text: string): LanguageName | null {
  const lower = name.toLowerCase();
  // Dockerfile.dev, Dockerfile-prod: people name them so.
  if (/^(docker|container)file[.-]/.test(lower)) return 'Dockerfile';
  const known = BY_NAME[lower] ?? BY_ENDING[lower.slice(lower.lastIndexOf('.') + 1)];
  if (known !== undefined) return known;
  const [first = ''] = text.slice(0, 200).split('\n', 1);
  return BY_INTERPRETER.find(([pattern]) => pattern.test(first))?.[1] ?? null;
}

/** Loads a language's highlighting and indentation. */
export const loadLanguage = (name: LanguageName): Promise<LanguageSupport> => languages[name]();

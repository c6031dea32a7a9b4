/** `gh:owner/repo/path@ref`: a lab in a repository of a forge that the operator has named. */

export interface ForgeAddress {
  /** The operator's name of the forge. */
  readonly forge: string;
  readonly owner: string;
  readonly repo: string;
  /** A folder with a `lab.md`, or a Markdown file; '' for the repository's own. */
  readonly path: string;
  readonly ref: string;
}

/** Forges by the operator's names: where an archive of a repository lies, with `{owner}`, `{repo}` and `{ref}` to be filled in. */
export type Forges = ReadonlyMap<string, string>;

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;
const ADDRESS = /^([a-z][a-z0-9]{0,15}):([^/@]+)\/([^/@]+)(?:\/([^@]+))?@([^@]+)$/;

/** The parts of an address; undefined for what is none, or would leave its repository. */
export function parseForgeAddress(text: string): ForgeAddress | undefined {
  const [, forge = '', owner = '', repo = '', path = '', ref = ''] = ADDRESS.exec(text) ?? [];
  if (forge === '' || !NAME.test(owner) || !NAME.test(repo)) return undefined;
  if (!ref.split('/').every((part) => NAME.test(part)) || ref.length > 128) return undefined;
  if (path !== '' && !path.split('/').every((part) => NAME.test(part))) return undefined;
  return { forge, owner, repo, path, ref };
}

/** The archive's address. */
export function archiveUrl(template: string, { owner, repo, ref }: ForgeAddress): URL {
  const words: Record<string, string> = { owner, repo, ref };
  const encoded = (word: string) => (words[word] ?? '').split('/').map(encodeURIComponent).join('/');
  return new URL(template.replace(/\{(owner|repo|ref)\}/g, (_whole, word: string) => encoded(word)));
}

/** `name=https://host/{owner}/{repo}/{ref}.tar.gz`, several separated by commas. @throws Error with what is wrong. */
export function parseForges(text: string): Forges {
  const entries = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part): [string, string] => {
      const [, name, template] = /^([a-z][a-z0-9]{0,15})=(https:\/\/\S+)$/.exec(part) ?? [];
      const isWhole = ['{owner}', '{repo}', '{ref}'].every((word) => template?.includes(word));
      if (name === undefined || template === undefined || !isWhole || !URL.canParse(template))
        throw new Error('must be name=https://… with {owner}, {repo} and {ref}, separated by commas');
      if (new URL(template).username !== '' || /[{}]/.test(new URL(template).host))
        throw new Error('the host of a forge is written out, without a password');
      return [name, template];
    });
  return new Map(entries);
}

/** Software bills of materials (CycloneDX 1.6), made of what is given: the same for the same, without a time or a number of their own. */
import { Enums, Models, Serialize, SPDX, Spec } from '@cyclonedx/cyclonedx-library';

const { ComponentType, ComponentScope, HashAlgorithm } = Enums;
const HASHES = { sha512: HashAlgorithm['SHA-512'], sha256: HashAlgorithm['SHA-256'], sha1: HashAlgorithm['SHA-1'] };

/** @param {string} name @param {string} version @param {Enums.ComponentType} type */
function billOf(name, version, type) {
  const bill = new Models.Bom();
  bill.metadata.component = new Models.Component(type, name, { version, bomRef: name });
  return bill;
}

/** @param {Models.Bom} bill @returns {string} JSON */
function serialize(bill) {
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return serializer.serialize(bill, { sortLists: true, space: 2 });
}

/** @param {import('./debian-packages.mjs').DebianPackage} one @param {string} distribution */
function debianComponent({ name, version, arch }, distribution) {
  const purl = `pkg:deb/${distribution}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}`;
  const bomRef = `${name}@${version}:${arch}`;
  return new Models.Component(ComponentType.Library, name, { version, bomRef, purl });
}

/**
 * The Debian packages of a root file system.
 * @param {{name: string, version: string, packages: readonly import('./debian-packages.mjs').DebianPackage[], distribution: string}} image
 * @returns {string} JSON
 */
export function debianBill({ name, version, packages, distribution }) {
  const bill = billOf(name, version, ComponentType.Container);
  for (const one of packages) bill.components.add(debianComponent(one, distribution));
  return serialize(bill);
}

/**
 * @typedef {object} LockEntry
 * @property {string} [name]
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {string} [license]
 * @property {boolean} [link]
 * @property {string} [resolved]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 */
/** @typedef {{packages: Record<string, LockEntry>}} Lock */

/**
 * What npm installs for production, of the lock file itself: all of it, on any platform, with its content's hash, and what asks for what.
 * (`npm sbom --omit=dev` leaves out whatever something of development asks for as well: socket.io and React among them.)
 * @param {Lock} lock
 * @returns {string} JSON
 */
export function npmBill({ packages }) {
  const root = packages[''] ?? {};
  const bill = billOf(root.name ?? 'unnamed', root.version ?? '0.0.0', ComponentType.Application);
  /** @type {Map<string, Models.Component>} */
  const components = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    if (path !== '' && !entry.link && !entry.dev) components.set(path, npmComponent(path, entry));
  }
  for (const [path, component] of components) {
    for (const name of dependenciesOf(packages[path] ?? {})) {
      const asked = components.get(resolvePackage(packages, path, name) ?? '');
      if (asked !== undefined) component.dependencies.add(asked.bomRef);
    }
    bill.components.add(component);
  }
  return serialize(bill);
}

/** @param {LockEntry} entry */
const dependenciesOf = ({ dependencies, optionalDependencies, peerDependencies }) =>
  [dependencies, optionalDependencies, peerDependencies].flatMap((each) => Object.keys(each ?? {}));

/** @type {(text: string) => boolean} */
const isSpdxId = (text) => SPDX.isSupportedSpdxId(text);

/** @param {string} text as a package writes it: an SPDX id, an expression of such, or anything */
function licenceOf(text) {
  if (isSpdxId(text)) return new Models.SpdxLicense(text);
  const names = text.split(/[()\s]+|\b(?:AND|OR|WITH)\b/).filter((word) => word !== '');
  const isExpression = names.length > 1 && names.every(isSpdxId);
  return isExpression ? new Models.LicenseExpression(text) : new Models.NamedLicense(text);
}

/** @param {string} path @param {LockEntry} entry */
function npmComponent(path, { name, version = '0.0.0', integrity, license, optional }) {
  const full = name ?? path.split('node_modules/').at(-1) ?? path;
  const [group, short] = full.startsWith('@') ? full.split('/') : [undefined, full];
  const component = new Models.Component(ComponentType.Library, short ?? full, {
    version,
    bomRef: path,
    purl: `pkg:npm/${full.replace('@', '%40')}@${version}`,
    scope: optional ? ComponentScope.Optional : ComponentScope.Required,
    ...(group === undefined ? {} : { group }),
  });
  if (license !== undefined) component.licenses.add(licenceOf(license));
  for (const each of integrity?.split(' ') ?? []) {
    const [algorithm = '', content = ''] = each.split(/-(.*)/);
    const known = HASHES[/** @type {keyof typeof HASHES} */ (algorithm)];
    if (known !== undefined) component.hashes.set(known, Buffer.from(content, 'base64').toString('hex'));
  }
  return component;
}

/**
 * Where a package finds another: in its own folder, then in those above it, as Node.js looks.
 * @param {Lock['packages']} packages
 * @param {string} from
 * @param {string} name
 * @returns {string | undefined}
 */
function resolvePackage(packages, from, name) {
  const above = (/** @type {string} */ folder) => folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1));
  for (let at = from; ; at = above(at)) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    const entry = packages[path];
    if (entry !== undefined) return entry.link ? entry.resolved : path;
    if (at === '') return undefined;
  }
}

/**
 * @typedef {object} NativeProgram
 * @property {string} name
 * @property {string} sha256 of its file
 * @property {readonly import('./debian-packages.mjs').DebianPackage[]} linked packages whose code is in it
 */

/**
 * Our own programs of C, and the libraries that were linked into them: an update of the system does not reach those.
 * @param {{version: string, programs: readonly NativeProgram[], distribution: string}} build
 * @returns {string} JSON
 */
export function nativeBill({ version, programs, distribution }) {
  const bill = billOf('drydock-native', version, ComponentType.Application);
  /** @type {Map<string, Models.Component>} */
  const libraries = new Map();
  for (const { name, sha256, linked } of programs) {
    const program = new Models.Component(ComponentType.Application, name, { version, bomRef: `native/${name}` });
    program.hashes.set(HashAlgorithm['SHA-256'], sha256);
    for (const one of linked) {
      const library = libraries.get(one.name) ?? debianComponent(one, distribution);
      libraries.set(one.name, library);
      program.dependencies.add(library.bomRef);
    }
    bill.components.add(program);
  }
  for (const library of libraries.values()) bill.components.add(library);
  return serialize(bill);
}

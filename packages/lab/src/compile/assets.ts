/** Files and images that a lab names must be there. */
import type { Findings, Place } from '../findings/finding.ts';
import { didYouMean } from '../findings/nearest.ts';
import type { LabFiles } from '../source/lab-files.ts';
import type { FrontMatterPart } from './front-matter.ts';

/** Told of each image and link within the lab. A link to another lab's folder (`../other/`) is the catalogue's to judge. */
export function createAssetCheck(files: LabFiles, findings: Findings): (path: string, place: Place) => void {
  return (path, place) => {
    if (files.has(path) || !/\.[A-Za-z0-9]{1,8}$/.test(path)) return;
    const names = [...files.keys()];
    findings.add('ASSET_MISSING', place, `The lab has no file "${path}".${didYouMean(path, names)}`);
  };
}

/** Images that the installation lacks: a pull in the middle of a step would fail. */
export function refuseImages(
  { values, placeOf }: FrontMatterPart,
  known: ReadonlySet<string> | undefined,
  findings: Findings,
): void {
  if (known === undefined) return;
  const have = new Set([...known].map(fullImageName));
  values.images?.forEach((image, index) => {
    if (have.has(fullImageName(image))) return;
    const near = didYouMean(image, new Set([...known].flatMap((one) => [one, one.replace(/:[^:/]*$/, '')])));
    findings.add('IMAGE_UNAVAILABLE', placeOf('images', index), `This installation has no image "${image}".${near}`);
  });
}

/** `nginx` → `docker.io/library/nginx:latest`. */
export function fullImageName(image: string): string {
  const [name = '', digest] = image.split('@', 2);
  const slash = name.lastIndexOf('/');
  const tagged = name.indexOf(':', slash + 1) >= 0 || digest !== undefined ? name : `${name}:latest`;
  const first = tagged.split('/', 1)[0] ?? '';
  const hasHost = tagged.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const full = hasHost ? tagged : tagged.includes('/') ? `docker.io/${tagged}` : `docker.io/library/${tagged}`;
  return digest === undefined ? full : `${full}@${digest}`;
}

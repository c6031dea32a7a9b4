/** The name of the library that somebody most likely meant. */

/** What stands for an image that the library cannot have: the same program by another name, or the next of kin. */
const KIN: Readonly<Record<string, string>> = {
  centos: 'debian',
  fedora: 'debian',
  mysql: 'mariadb',
  percona: 'mariadb',
  rockylinux: 'debian',
  valkey: 'redis',
};
/** Names that share no more than this part of their letters are strangers. */
const MAX_DISTANCE_SHARE = 1 / 3;

/** @param names without `library/`. @returns undefined when none is near. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
  const last = lastPart(wanted);
  const kin = KIN[last];
  if (kin !== undefined && names.includes(kin)) return kin;
  const candidates = names
    .map((name) => ({ name, distance: distanceOf(last, lastPart(name)) }))
    .filter(({ name, distance }) => distance <= Math.max(1, lastPart(name).length * MAX_DISTANCE_SHARE));
  return candidates.sort((left, right) => left.distance - right.distance)[0]?.name;
}

/** `bitnami/redis` and `redis` are of one name. */
const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1);

/**
 * 0 when one begins with the other (`postgresql`, `nginx-unprivileged`), else how many letters must be added, taken away, changed, or swapped with
 * their neighbour (optimal string alignment).
 */
function distanceOf(left: string, right: string): number {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  if (short.length >= 4 && long.startsWith(short)) return 0;
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let at = 1; at <= left.length; at += 1) {
    const row = [at];
    rows.push(row);
    for (let to = 1; to <= right.length; to += 1) {
      const changed = cell(at - 1, to - 1) + (left[at - 1] === right[to - 1] ? 0 : 1);
      const isSwapped = left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1];
      const swapped = isSwapped ? cell(at - 2, to - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(changed, swapped, cell(at - 1, to) + 1, cell(at, to - 1) + 1));
    }
  }
  return cell(left.length, right.length);
}

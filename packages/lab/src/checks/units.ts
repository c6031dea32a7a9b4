/** Sizes and durations as people write them. */

const SIZE_UNITS: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const TIME_UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/** `50MB`, `1.5GiB`, `512m`, `100` → bytes. Units are Docker's own: 1 MB is 1,048,576 bytes in limits, and so here. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s?([kmgt]?)i?(b?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = SIZE_UNITS[(match[2] || 'b').toLowerCase()] ?? 1;
  return Math.round(Number(match[1]) * unit);
}

/** `500ms`, `5s`, `3m`, `25 min`, `1h` → milliseconds. A bare number is refused: nobody remembers of what. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?(ms|s|min|m|h)$/i.exec(text.trim());
  return match === null ? undefined : Math.round(Number(match[1]) * (TIME_UNITS[(match[2] ?? '').toLowerCase()] ?? 0));
}

/** Bytes as `50 MB`, `1.5 GB`. */
export function showSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Which labs were begun and finished in this browser: ticks in the catalogue without any account. */

const KEY = 'drydock-labs';
/** Labs that are remembered; the oldest go first. */
const MAX_LABS = 200;

export interface LabMemory {
  done: number;
  of: number;
}

/** Checked by hand: anybody may write into a browser's storage. */
export function readLabMemory(): Readonly<Record<string, LabMemory>> {
  try {
    const all = JSON.parse(localStorage.getItem(KEY) ?? '{}') as unknown;
    if (typeof all !== 'object' || all === null) return {};
    const sound = Object.entries(all as Record<string, Partial<LabMemory> | null>).filter(
      ([, value]) => typeof value?.done === 'number' && typeof value.of === 'number',
    );
    return Object.fromEntries(sound) as Record<string, LabMemory>;
  } catch {
    return {};
  }
}

/** Remembers how far a lab got; never less far than before. */
export function rememberLab(id: string, { done, of }: LabMemory): void {
  const { [id]: known, ...others } = readLabMemory();
  const far = known !== undefined && known.of === of ? Math.max(known.done, done) : done;
  const kept = Object.entries(others).slice(-(MAX_LABS - 1));
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...kept, [id, { done: far, of }]])));
  } catch {
    // A browser that stores nothing remembers nothing.
  }
}

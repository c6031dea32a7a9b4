/** Which frames of this page show the same session. */
import type { FrameLink } from './frame-link.ts';

const sharers = new Map<string, FrameLink[]>();

/** The frame that lets others in: the first that is still there. */
export function findSharer(name: string): FrameLink | undefined {
  return sharers.get(name)?.[0];
}

export function joinSharers(name: string, link: FrameLink): void {
  sharers.set(name, [...(sharers.get(name) ?? []), link]);
}

export function leaveSharers(name: string, link: FrameLink): void {
  const left = (sharers.get(name) ?? []).filter((each) => each !== link);
  if (left.length === 0) sharers.delete(name);
  else sharers.set(name, left);
}

/** What the parts of the Killercoda importer share. */
import { MAX_BLOCKS } from '../../limits.ts';
import type { LabFile, LabFiles } from '../../source/lab-files.ts';
import type { Report } from '../report.ts';

/** The names that Katacoda's and Killercoda's texts give their machines; kept, since commands name them. */
export const FIRST_HOST = 'host01';
export const SECOND_HOST = 'host02';
/** Buttons, lists and folded parts that are made; beyond, code is only shown. Less than the compiler's bound: authors' own folded parts count there too. */
const MAX_MADE = MAX_BLOCKS - 100;

export type KillercodaContext = {
  report: Report;
  /** The files given, and the folder of the scenario in them (`''` or `a/b/`). */
  files: LabFiles;
  folder: string;
  /** Files of the lab that is made. */
  made: Map<string, LabFile>;
  /** False where the environment cannot be had (Kubernetes): commands are then only shown. */
  runs: boolean;
  /** Whether the text names a second machine; it is then made. */
  second: boolean;
  /** Takes one of the blocks that may be made; false when there are none left. */
  takeBlock(): boolean;
};

export function createContext(parts: Pick<KillercodaContext, 'report' | 'files' | 'folder'>): KillercodaContext {
  let made = 0;
  return {
    ...parts,
    made: new Map(),
    runs: true,
    second: false,
    takeBlock() {
      made += 1;
      return made <= MAX_MADE;
    },
  };
}

/** Why a screen is lost. */

export type ScreenFaultKind =
  /** This terminal's own bytes were being worked on: they, or the machine, are at fault. */
  | 'own'
  /** The process that held it ended over another terminal's bytes. */
  | 'neighbour';

export class ScreenFault extends Error {
  readonly kind: ScreenFaultKind;

  constructor(kind: ScreenFaultKind, why: string) {
    super(why);
    this.kind = kind;
  }
}

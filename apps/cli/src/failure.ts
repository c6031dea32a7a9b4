/** How a command fails: one sentence, what to do about it, and an exit code that scripts can tell apart. Never a stack trace. */
import type { ErrorCode } from '@drydock/protocol';

/** sysexits.h, as the daemons use it. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  software: 70,
  noPermission: 77,
  /** Of `exec` and `shell`, whose other codes are those of what ran. */
  notRun: 125,
} as const;

/** Failures that no server words. */
export type OwnCode =
  | 'NOT_RUNNING'
  | 'NO_KEY'
  | 'UNREACHABLE'
  | 'BAD_ANSWER'
  | 'NO_LAB'
  | 'TARGET_EXISTS'
  | 'NO_SESSION'
  | 'SEVERAL_SESSIONS'
  | 'BAD_LINK'
  | 'NO_FILE'
  | 'LOCAL_PORT'
  | 'USAGE';

export class Failure extends Error {
  readonly exitCode: number;
  /** The manager's own code, or one of this program's. */
  readonly code: ErrorCode | OwnCode;
  readonly remedy: string | undefined;

  constructor(code: Failure['code'], message: string, exitCode: number, remedy?: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}

/** The answer is printed, and it is a bad one: all that is left is the exit code. */
export class Ended extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with ${exitCode}`);
    this.name = 'Ended';
    this.exitCode = exitCode;
  }
}

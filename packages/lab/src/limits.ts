/** Bounds of a lab, each with its reason. A file over a bound is a finding, never a slow start. */

/** One Markdown or YAML-bearing text file (bytes): a book's chapter is a tenth of it, and the parser reads it in half a second. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** All Markdown text of a lab, includes counted each time (bytes): the parser's time grows with it. */
export const MAX_LAB_TEXT_BYTES = 4 * 1024 * 1024;
/** One file that a lab brings along (bytes). */
export const MAX_ASSET_BYTES = 5 * 1024 * 1024;
/** All files of a lab (bytes): they are copied into each session's nodes. */
export const MAX_LAB_BYTES = 25 * 1024 * 1024;
/** Files of a lab: the fetcher's own bound. */
export const MAX_LAB_FILES = 2_000;
/** One YAML text (bytes). */
export const MAX_YAML_BYTES = 256 * 1024;
/** Nesting of a YAML text: honest files have six; the parser recurses. */
export const MAX_YAML_DEPTH = 32;
/** Values of one YAML text: what a bound on bytes alone would let the parser make of `[,,,`. */
export const MAX_YAML_VALUES = 20_000;
export const MAX_STEPS = 100;
/** Leaves (conditions) of one step: what the evaluator does within a millisecond. */
export const MAX_LEAVES_PER_STEP = 200;
/** Blocks of a lab with a button, a list or a question. */
export const MAX_BLOCKS = 500;
/** Nesting of groups (`all`, `any`, `not`) in a check. */
export const MAX_GROUP_DEPTH = 8;
/** Nesting of prose (lists in quotes in lists): the renderer recurses. */
export const MAX_PROSE_DEPTH = 40;
/** Includes within includes. */
export const MAX_INCLUDE_DEPTH = 8;
/** Includes of a lab in all: ten files that include each other twice would else be a thousand. */
export const MAX_INCLUDES = 100;
/** Findings that are kept: nobody reads more, and a hostile file could make millions. */
export const MAX_FINDINGS = 500;
/** A pattern (characters): RE2's time is linear in pattern × text. */
export const MAX_PATTERN_LENGTH = 500;
/** A repeat count within a pattern (`a{1000}` is written out by the engine). */
export const MAX_PATTERN_REPEAT = 200;
/** Text that a pattern is tried on (characters): an output is kept to 8 KiB, a file to 256 KiB. */
export const MAX_MATCHED_LENGTH = 256 * 1024;
/** Nodes of a lab; a session may have fewer by its operator. */
export const MAX_LAB_NODES = 6;
/** A name that a learner or an author gave, inside a sentence (characters). */
export const MAX_SHOWN_TEXT = 200;
/** A run block's lines that are shown before its first run without asking. */
export const MAX_PLAIN_RUN_LINES = 40;
/** Time that a `run` check may ask for (ms). */
export const MAX_CHECK_TIMEOUT_MS = 60_000;
export const DEFAULT_CHECK_TIMEOUT_MS = 10_000;
/** `for:` of conditions that flap while tasks start (ms). */
export const FLAPPING_FOR_MS = 1_000;
/** The longest `for:` (ms). */
export const MAX_FOR_MS = 10 * 60_000;
/** Hints of one step. */
export const MAX_HINTS = 20;
/** Labs of a course: its page is one list. */
export const MAX_COURSE_LABS = 200;
/** When a hint without `after:` is offered (ms). */
export const DEFAULT_HINT_AFTER_MS = 90_000;

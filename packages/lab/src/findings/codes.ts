/** Every code that a finding may have, with its usual severity. Codes are stable: tools filter by them. */

export type Severity = 'error' | 'warning' | 'note';

const SEVERITIES = {
  // Files
  LAB_EMPTY: 'error',
  LAB_TOO_LARGE: 'error',
  FILE_TOO_LARGE: 'error',
  FILE_MISSING: 'error',
  FILE_UNSAFE_PATH: 'error',
  ASSET_MISSING: 'error',
  INCLUDE_CYCLE: 'error',
  INCLUDE_TOO_MANY: 'error',
  // YAML and front matter
  FRONT_MATTER_OPEN: 'error',
  YAML_SYNTAX: 'error',
  YAML_ALIAS: 'error',
  YAML_TOO_LARGE: 'error',
  YAML_TOO_DEEP: 'error',
  KEY_UNKNOWN: 'warning',
  VALUE_WRONG: 'error',
  FORMAT_NEWER: 'error',
  // Nodes and images
  NODES_OVER_LIMIT: 'error',
  NODE_UNKNOWN: 'error',
  IMAGE_UNAVAILABLE: 'error',
  // Steps and blocks
  STEPS_NONE: 'warning',
  STEPS_OVER_LIMIT: 'error',
  STEP_ID_TWICE: 'error',
  STEP_WITHOUT_CHECK: 'warning',
  BLOCKS_OVER_LIMIT: 'error',
  FENCE_WORD_UNKNOWN: 'warning',
  FENCE_WORDS_CLASH: 'error',
  KEY_NAME_UNKNOWN: 'error',
  RUN_EMPTY: 'warning',
  RUN_READS_STDIN: 'warning',
  RUN_LONG: 'warning',
  RUN_UNFINISHED: 'warning',
  // Errors where a lab is checked: `lab check` refuses, a reader clicks twice.
  TEXT_HIDDEN: 'warning',
  TEXT_LOOKALIKE_SPACE: 'warning',
  TEXT_MIXED_SCRIPTS: 'warning',
  TEXT_TYPOGRAPHIC: 'warning',
  OUTPUT_WITHOUT_RUN: 'warning',
  PATCH_WRONG: 'error',
  QUIZ_WITHOUT_ANSWER: 'error',
  COMMENT_UNKNOWN: 'warning',
  COMMENT_ALONE: 'warning',
  HINTS_OVER_LIMIT: 'error',
  HINT_WITHOUT_LEAF: 'warning',
  // Prose
  DETAILS_OPEN: 'warning',
  HTML_SHOWN_AS_TEXT: 'note',
  LINK_REFUSED: 'warning',
  IMAGE_EXTERNAL: 'warning',
  LINK_PORT_WRONG: 'error',
  // Checks
  CHECK_EMPTY: 'error',
  CHECK_SHAPE: 'error',
  SUBJECT_UNKNOWN: 'error',
  SUBJECT_TWICE: 'error',
  CONDITION_UNKNOWN: 'error',
  CONDITION_VALUE: 'error',
  PATTERN_WRONG: 'error',
  GROUP_TOO_DEEP: 'error',
  LEAVES_OVER_LIMIT: 'error',
  CHECK_ALWAYS_TRUE: 'warning',
  CHECK_TWICE: 'warning',
  // The list itself
  MORE_FINDINGS: 'note',
} as const satisfies Record<string, Severity>;

export type FindingCode = keyof typeof SEVERITIES;

export const FINDING_CODES = Object.keys(SEVERITIES) as FindingCode[];

export function findingSeverity(code: FindingCode): Severity {
  return SEVERITIES[code];
}

/** Labs: written courses of steps with checks. Pure: no input or output, no DOM, no Node.js. */
export type * from './blocks.ts';
export { type Match, matches, type Scalar, showMatch } from './checks/match.ts';
export {
  type Group,
  isGroup,
  type Leaf,
  leavesOf,
  type NameMatch,
  type ObjectKind,
  type Subject,
  type SubjectKind,
} from './checks/plan.ts';
export { keysOf, SUBJECT_KINDS, SUBJECTS } from './checks/subjects.ts';
export { parseDuration, parseSize, showSize } from './checks/units.ts';
export { fullImageName } from './compile/assets.ts';
export { type Compiled, compileLab, type LabInput } from './compile/compile-lab.ts';
export { type FrontMatter, frontMatterJsonSchema, frontMatterSchema } from './compile/front-matter-schema.ts';
export { type Course, type CourseInput, type CourseLab, readCourse } from './course/course.ts';
export * from './evaluate/evaluate.ts';
export * from './evaluate/progress.ts';
export { explain } from './explain/explain.ts';
export { type Explanation, sentenceOf } from './explain/explanation.ts';
export { leafTitle, readerLeafTitle } from './explain/leaf-title.ts';
export { exitMeaning, SENTENCES, type WhyId } from './explain/strings.ts';
export { exportHtml } from './export/html/export-html.ts';
export { type Exported, exportKillercoda } from './export/killercoda/export-killercoda.ts';
export * from './facts/facts.ts';
export { FINDING_CODES, type FindingCode, type Severity } from './findings/codes.ts';
export type { Finding, Place } from './findings/finding.ts';
export { nearestName } from './findings/nearest.ts';
export { importEducates } from './import/educates/import-educates.ts';
export type { ForeignFiles } from './import/foreign-yaml.ts';
export { importInstruqt } from './import/instruqt.ts';
export { importIximiuz } from './import/iximiuz/import-iximiuz.ts';
export { importKillercoda, type KillercodaInput } from './import/killercoda/import-killercoda.ts';
export { importLabspace } from './import/labspace.ts';
export type { Imported, ReportEntry, ReportKind } from './import/report.ts';
export type * from './lab.ts';
export * from './limits.ts';
export type * from './markdown/prose-nodes.ts';
export { textOf } from './markdown/prose-nodes.ts';
export * from './needs/needs.ts';
export { patternFinds, patternProblem } from './patterns/pattern.ts';
export type * from './reader/reader-lab.ts';
export { markQuiz, type QuizMark, readerView } from './reader/reader-view.ts';
export { type TakesInput, takesInput } from './shell/first-command.ts';
export { hiddenLetters, shownText } from './shell/hidden.ts';
export { type Segments, shellSegments } from './shell/segments.ts';
export { labFileOf } from './source/lab-file.ts';
export type { LabFile, LabFiles } from './source/lab-files.ts';

/** Results in the form that CI systems read. */
import type { Case } from './test-lab.ts';

export type TestedLab = { lab: string; cases: Case[] };

/** JUnit's XML: a suite a lab, a case a part. */
export function junitXml(tested: readonly TestedLab[]): string {
  const suites = tested.map(({ lab, cases }) => {
    const failures = cases.filter(({ problems }) => problems.length > 0).length;
    const seconds = cases.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    const lines = cases.map(({ step, name, problems, ms }) => {
      const title = step === '' ? name : `${step}: ${name}`;
      const head = `<testcase classname="${escapeXml(lab)}" name="${escapeXml(title)}" time="${(ms / 1000).toFixed(3)}"`;
      if (problems.length === 0) return `    ${head}/>`;
      return `    ${head}><failure message="${escapeXml(problems[0] ?? '')}">${escapeXml(problems.join('\n'))}</failure></testcase>`;
    });
    const head = `<testsuite name="${escapeXml(lab)}" tests="${cases.length}" failures="${failures}" time="${seconds.toFixed(3)}">`;
    return `  ${head}\n${lines.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Learners' and authors' text; letters that XML 1.0 forbids become the replacement character. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"\n]/g, (letter) => ENTITIES[letter] ?? letter)
  );
}

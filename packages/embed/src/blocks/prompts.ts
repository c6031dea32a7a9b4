/** Prompts that an author wrote into a block as text, so that readers tell commands from output. */

/** Fences that show a session rather than a script. */
const SESSION_LANGUAGES = new Set(['console', 'shell-session', 'shellsession', 'sh-session', 'terminal', 'session']);
/** In a script `# ` begins a comment, in a session it is root's prompt. */
const SESSION_PROMPT = /^(?:[\w.-]+@[\w.-][^$#\s]*)?[$#] /;
const SCRIPT_PROMPT = /^\$ /;

/**
 * The text without its prompts. In a session, lines without one are output and go. In a script prompts go only when every line at the first
 * column that begins a command has one; else the text is left as it is.
 */
export function withoutPrompts(text: string, language: string): string {
  const isSession = SESSION_LANGUAGES.has(language);
  const prompt = isSession ? SESSION_PROMPT : SCRIPT_PROMPT;
  const lines = text.split('\n');
  const first = lines.find((line) => line.trim() !== '');
  if (first === undefined || !prompt.test(first)) return text;
  const kept: string[] = [];
  let goesOn = false;
  for (const line of lines) {
    if (prompt.test(line)) kept.push(line.replace(prompt, ''));
    else if (goesOn || line.trim() === '') kept.push(line);
    else if (!isSession && !/^\s/.test(line)) return text;
    else if (!isSession) kept.push(line);
    goesOn = line.endsWith('\\') && (goesOn || prompt.test(line));
  }
  while (kept.at(-1) === '') kept.pop();
  return kept.join('\n');
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takesInput } from './first-command.ts';
import { hiddenLetters, shownText } from './hidden.ts';
import { shellSegments } from './segments.ts';

const whole: [name: string, text: string][] = [
  ['a pipe at the line’s end', 'ls |\n  wc -l\n'],
  ['a backslash', 'docker run \\\n  nginx\n'],
  ['quotes over lines', 'echo \'a\nb\' "c\nd"\n'],
  ['a heredoc', 'cat > x <<EOF\nif then (\nEOF\n'],
  ['a quoted heredoc with tabs', "cat <<-'E'\n\ta\n\tE\n"],
  ['a loop', 'for i in 1 2; do\n  echo $i\ndone\n'],
  ['a condition', 'if true; then\n  ls\nelse\n  df\nfi\n'],
  ['a case', 'case $x in\n  start) ls ;;\n  (if|b) df ;;\n  *) ;;\nesac\n'],
  ['a function', 'f() {\n  ls\n}\n'],
  ['a substitution', 'x=$(\n  ls\n)\n'],
  ['a pipe after a substitution', "ls $(dirname $(docker inspect -f '{{.LogPath}}' c)) | grep log\n"],
  ['a word of the language after a substitution', 'echo $(ls) if <(ls) done\n'],
  ['a pipe after a subshell', '(cd /tmp && ls) | wc -l\n'],
  ['and, then', 'true &&\n\n  ls\n'],
  ['arithmetic', 'echo $((1 << 2)) $(( (1 + 2) * 3 ))\n'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a shell's
  ['braces of a variable', 'echo "${a:-"}"}" ${b//x/y}\n'],
];

describe('a block is typed one command at a time', () => {
  test('lines are commands, comments go with what follows', () => {
    expect(shellSegments('# a\nls\n\n# b\ndf\n# end\n').segments).toEqual(['# a\nls\n', '\n# b\ndf\n# end\n']);
    expect(shellSegments('ls; df & wc\nx').segments).toHaveLength(2);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a shell's
    expect(shellSegments('echo a#b $# ${#x} # quote "\nls\n').segments).toHaveLength(2);
    expect(shellSegments('cat <<A; cat <<B\n1\nA\n2\nB\nls').segments).toEqual([
      'cat <<A; cat <<B\n1\nA\n2\nB\n',
      'ls',
    ]);
  });

  test.each(whole)('%s is one command', (_name, text) => {
    expect(shellSegments(`${text}ls\n`)).toEqual({ segments: [text, 'ls\n'], complete: true });
  });

  test.each([
    ['echo "a'],
    ['for i in 1; do'],
    ['ls |'],
    ['cat <<EOF\nx'],
    ['echo )'],
    ["echo 'a"],
    ['fi'],
    ['ls \\'],
    ['echo `a'],
  ])('%s is not understood, and so one piece', (text) =>
    expect(shellSegments(`ls\n${text}`)).toEqual({ segments: [`ls\n${text}`], complete: false }),
  );

  test('the segments joined are the text, whatever it is', () => {
    const word = fc.constantFrom(
      'ls',
      'if',
      'fi',
      'do',
      'done',
      'case',
      'esac',
      'in',
      '{',
      '}',
      '(',
      ')',
      '"',
      "'",
      '`',
      '$(',
      '${',
      '((',
      '<<E',
      'E',
      '\n',
      ' ',
      ';',
      '&&',
      '|',
      '\\',
      '#',
      '[[',
      ']]',
      '\t',
      '\u00a0',
      'ä',
      '>',
      '<',
      '$',
      '!',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }),
        ),
        (text) => {
          expect(shellSegments(text).segments.join('')).toBe(text);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('a hostile text takes no more than its length', () => {
    for (const piece of [
      '(',
      '$(',
      '"',
      '`',
      '<<A\n',
      '${',
      '((',
      'if ',
      '\\\n',
      '# \n',
      "'",
      'case x in ',
      ' ',
      '\n',
      'a|',
    ]) {
      const text = piece.repeat(100_000);
      expect(shellSegments(text).segments.join('')).toBe(text);
    }
  });
});

describe('what a command does with what is typed after it', () => {
  test.each([
    ['cat > /tmp/x\n', 'stdin'],
    ['sudo tee /etc/x', 'stdin'],
    ['docker login', 'stdin'],
    ['docker run -it --rm alpine sh', 'prompt'],
    ['docker exec -i web sh', 'prompt'],
    ['ssh node2', 'prompt'],
    ['python3', 'prompt'],
    ['cat x', undefined],
    ['cat <<E\nE\n', undefined],
    ['echo x | tee y', undefined],
    ['docker run -d -i alpine', undefined],
    ['docker run alpine', undefined],
    ['ssh node2 ls', undefined],
    ['python3 -c "x"', undefined],
    ['bash x.sh', undefined],
  ])('%s', (command, kind) => expect(takesInput(command)?.kind).toBe(kind));
});

test('hidden letters are found and shown, and a shown text is one short line', () => {
  expect(hiddenLetters('a\u200bb \u00a0 –').map(({ kind, offset }) => [kind, offset])).toEqual([
    ['hidden', 1],
    ['space', 4],
    ['typographic', 6],
  ]);
  expect(shownText('a\u001b[31m\nb\u202e')).toBe('a<U+001B>[31m b<U+202E>');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
      const shown = shownText(text, 100);
      expect(shown.length).toBeLessThanOrEqual(100);
      expect(hiddenLetters(shown).every(({ kind }) => kind === 'typographic' || kind === 'mixed')).toBe(true);
    }),
  );
});

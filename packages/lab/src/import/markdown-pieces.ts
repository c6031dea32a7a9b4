/** Foreign Markdown as lines and fences, so that an importer changes what it knows and touches no code. */

export type TextLine = { type: 'line'; text: string; line: number };
export type FencePiece = { type: 'fence'; indent: string; info: string; body: string; line: number };
export type Piece = TextLine | FencePiece;

const OPENS = /^([ \t]*)(`{3,}|~{3,})([\s\S]*)$/;

/**
 * Cuts a text at its fences; `firstLine` is the number of its first line in its file. A fence without an end goes to the end, as CommonMark
 * says. Linear in the text.
 */
export function markdownPieces(text: string, firstLine = 1): Piece[] {
  const pieces: Piece[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const open = OPENS.exec(line);
    const [, indent = '', mark = '', info = ''] = open ?? [];
    if (open === null || (mark.startsWith('`') && info.includes('`'))) {
      pieces.push({ type: 'line', text: line, line: firstLine + index });
      continue;
    }
    const start = index;
    const body: string[] = [];
    index += 1;
    while (index < lines.length && !closes(lines[index] ?? '', mark)) {
      body.push(withoutIndent(lines[index] ?? '', indent.length));
      index += 1;
    }
    pieces.push({ type: 'fence', indent, info: info.trim(), body: body.join('\n'), line: firstLine + start });
  }
  return pieces;
}

function closes(line: string, mark: string): boolean {
  const text = line.trim();
  return text.length >= mark.length && text === mark.charAt(0).repeat(text.length);
}

function withoutIndent(line: string, most: number): string {
  let cut = 0;
  while (cut < most && (line[cut] === ' ' || line[cut] === '\t')) cut += 1;
  return line.slice(cut);
}

/** How a text is laid out: its line ends and its indentation, so that what is put in looks like the rest. */

export function lineEndOf(text: string): '\r\n' | '\n' {
  const first = text.indexOf('\n');
  return first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
}

/** Where the line that this offset is in begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line that this offset is in ends, past its line end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** The blanks at the start of the line that this offset is in. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

/** Where the blanks and line ends before this offset begin. */
export function blanksBefore(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && ' \t\r\n'.includes(text[start - 1] ?? '')) start -= 1;
  return start;
}

/** Of an offset, for people. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Where a member of a JSON object is put in, replaced and taken out, in the layout of those beside it. */
import { createScanner, type Node } from 'jsonc-parser';
import type { EntryValue, Splice } from './editor.ts';
import { blanks, blockComment, commaToken, endOfText, lineComment } from './json-tokens.ts';
import { blanksBefore, indentAt, lineEndOf, lineStart } from './lines.ts';

export function memberOf(table: Node, key: string): Node | undefined {
  return table.children?.find(({ children }) => children?.[0]?.value === key);
}

interface Layout {
  readonly unit: string;
  /** Of the line that the value begins in. */
  readonly indent: string;
  readonly end: string;
}

export function pretty(value: EntryValue, { unit, indent, end }: Layout): string {
  return JSON.stringify(value, undefined, unit).replaceAll('\n', end + indent);
}

function unitOf(text: string): string {
  return /\n([ \t]{1,10})"/.exec(text)?.[1] ?? '  ';
}

/** As the member before it: on a line of its own, or in the same one. */
export function insertion(
  text: string,
  table: Node,
  { key, value }: { key: string; value: EntryValue },
): Splice[] {
  const last = table.children?.at(-1);
  if (last === undefined) return [firstMember(text, table, { key, value })];
  const lastEnd = last.offset + last.length;
  const lead = text.slice(blanksBefore(text, last.offset), last.offset);
  const comma = commaAfter(text, lastEnd);
  const before = comma === undefined ? [{ start: lastEnd, end: lastEnd, text: ',' }] : [];
  const after = comma === undefined ? '' : ',';
  if (!lead.includes('\n')) {
    const at = comma === undefined ? lastEnd : comma + 1;
    const colon = lead === '' ? ':' : ': ';
    const member = `${JSON.stringify(key)}${colon}${JSON.stringify(value)}`;
    return [...before, { start: at, end: at, text: `${lead}${member}${after}` }];
  }
  const end = lineEndOf(text);
  const indent = lead.slice(lead.lastIndexOf('\n') + 1);
  const at = remarkEnd(text, comma === undefined ? lastEnd : comma + 1);
  const member = `${JSON.stringify(key)}: ${pretty(value, { unit: unitOf(text), indent, end })}`;
  return [...before, { start: at, end: at, text: `${end}${indent}${member}${after}` }];
}

function firstMember(
  text: string,
  { offset, length }: Node,
  { key, value }: { key: string; value: EntryValue },
): Splice {
  const open = offset + 1;
  const close = offset + length - 1;
  const inside = text.slice(open, close);
  const isBlank = inside.trim() === '';
  // Behind what comments there are; of blanks alone, nothing stays.
  const start = isBlank ? open : open + inside.trimEnd().length;
  const place = { start, end: isBlank ? close : start };
  const name = JSON.stringify(key);
  if (!text.trim().includes('\n') && text.trim() !== text.slice(offset, close + 1))
    return { ...place, text: `${name}:${JSON.stringify(value)}` };
  const end = lineEndOf(text);
  const outer = indentAt(text, offset);
  const indent = outer + unitOf(text);
  const member = `${end}${indent}${name}: ${pretty(value, { unit: unitOf(text), indent, end })}`;
  return { ...place, text: isBlank ? `${member}${end}${outer}` : member };
}

export function replacement(
  text: string,
  { member, value }: { member: Node; value: Node },
  entry: EntryValue,
): Splice {
  const lead = text.slice(blanksBefore(text, member.offset), member.offset);
  const indent = indentAt(text, member.offset);
  const layout = { unit: unitOf(text), indent, end: lineEndOf(text) };
  const put = lead.includes('\n') ? pretty(entry, layout) : JSON.stringify(entry);
  return { start: value.offset, end: value.offset + value.length, text: put };
}

export function removal(text: string, table: Node, name: string): Splice[] {
  const members = table.children ?? [];
  const index = members.findIndex(({ children }) => children?.[0]?.value === name);
  const member = members[index];
  if (member === undefined) return [];
  const end = member.offset + member.length;
  const own = commaAfter(text, end);
  const previous = members[index - 1];
  // The one after it, or, of the last where the file has no trailing comma, the one before it.
  const comma = own ?? (previous && commaAfter(text, previous.offset + previous.length));
  const rest = own === undefined ? text.slice(end) : text.slice(end, own) + text.slice(own + 1);
  let start = blanksBefore(text, member.offset);
  // What follows must not slip into a `//` comment.
  if (endsInRemark(text, start) && !/^[ \t]*\r?\n/.test(rest)) start = text.indexOf('\n', start) + 1;
  const inside = { start: table.offset + 1, end: table.offset + table.length - 1 };
  const splices = [
    { start, end, text: '' },
    ...(comma === undefined ? [] : [{ start: comma, end: comma + 1, text: '' }]),
  ];
  const blank =
    members.length === 1 &&
    text.slice(inside.start, start).trim() === '' &&
    text.slice(end, inside.end).replace(',', '').trim() === '';
  return blank ? [{ ...inside, text: '' }] : splices;
}

/** Where the comma stands that comes next, if that is what comes. */
function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  const next: number = scanner.scan();
  return next === commaToken ? scanner.getTokenOffset() : undefined;
}

/** Where the comments end that stand in the same line after this offset. */
function remarkEnd(text: string, offset: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(offset);
  let end = offset;
  for (;;) {
    const kind: number = scanner.scan();
    if (kind === lineComment || kind === blockComment)
      end = scanner.getTokenOffset() + scanner.getTokenLength();
    else if (kind !== blanks) return end;
  }
}

/** Whether what ends here, in blanks at most, is a `//` comment. */
function endsInRemark(text: string, offset: number): boolean {
  const scanner = createScanner(text, false);
  // No string of JSON reaches over lines.
  scanner.setPosition(lineStart(text, offset));
  for (;;) {
    const kind: number = scanner.scan();
    const end = scanner.getTokenOffset() + scanner.getTokenLength();
    if (end >= offset || kind === endOfText) return kind === lineComment;
  }
}

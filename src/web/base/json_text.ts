// JSON as text: what was stored is what is shown, digit by digit, and a value
// of many megabytes is looked into only as far as somebody unfolds it.

// A value: text[start, end).
export interface Slice {
  text: string;
  start: number;
  end: number;
}

export type Kind = 'object' | 'array' | 'string' | 'number' | 'word';

export interface Member {
  key: string | number;
  value: Slice;
}

const SPACE = /[ \t\n\r]/;

function skipSpace(text: string, i: number): number {
  while (i < text.length && SPACE.test(text[i])) ++i;
  return i;
}

// Behind the string that begins at `i`.
function skipString(text: string, i: number): number {
  for (;;) {
    const quote = text.indexOf('"', i + 1);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') ++slashes;
    if (slashes % 2 === 0) return quote + 1;
    i = quote;
  }
}

const MARK = /["[\]{}]/g;
const WORD_END = /[,\]}\s]/g;

// Behind the value that begins at `i`.
function skipValue(text: string, i: number): number {
  if (text[i] === '"') return skipString(text, i);
  if (text[i] !== '{' && text[i] !== '[') {
    WORD_END.lastIndex = i;
    const end = WORD_END.exec(text);
    return end ? end.index : text.length;
  }
  let depth = 0;
  MARK.lastIndex = i;
  for (;;) {
    const mark = MARK.exec(text);
    if (!mark) return text.length;
    if (mark[0] === '"') {
      MARK.lastIndex = skipString(text, mark.index);
    } else if (mark[0] === '{' || mark[0] === '[') {
      ++depth;
    } else if (--depth === 0) {
      return mark.index + 1;
    }
  }
}

export function whole(text: string): Slice {
  const start = skipSpace(text, 0);
  return {text, start, end: skipValue(text, start)};
}

export function kindOf({text, start}: Slice): Kind {
  switch (text[start]) {
    case '{': return 'object';
    case '[': return 'array';
    case '"': return 'string';
    case 't': case 'f': case 'n': return 'word';
    default: return 'number';
  }
}

export function textOf({text, start, end}: Slice): string {
  return text.slice(start, end);
}

export function valueOf<T = unknown>(slice: Slice): T {
  return JSON.parse(textOf(slice)) as T;
}

// At most `limit` members from `at` on (a place that an earlier call gave
// back); `next` is null at the end.
export function members(slice: Slice, limit = Infinity, at?: number,
                        index = 0): {rows: Member[], next: number | null} {
  const {text, start, end} = slice;
  const isObject = text[start] === '{';
  const rows: Member[] = [];
  let i = skipSpace(text, at ?? start + 1);
  while (i < end - 1 && rows.length < limit) {
    let key: string | number = index + rows.length;
    if (isObject) {
      const keyEnd = skipString(text, i);
      key = JSON.parse(text.slice(i, keyEnd));
      i = skipSpace(text, skipSpace(text, keyEnd) + 1);  // the colon
    }
    const valueEnd = skipValue(text, i);
    rows.push({key, value: {text, start: i, end: valueEnd}});
    i = skipSpace(text, valueEnd);
    if (text[i] === ',') i = skipSpace(text, i + 1);
  }
  return {rows, next: i < end - 1 ? i : null};
}

export function isEmpty(slice: Slice): boolean {
  return skipSpace(slice.text, slice.start + 1) >= slice.end - 1;
}

// The member of that name, or undefined.
export function member(slice: Slice, key: string): Slice | undefined {
  if (kindOf(slice) !== 'object') return undefined;
  return members(slice).rows.find(row => row.key === key)?.value;
}

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|.)/g;

// A string of several lines with each on a line of its own.
function brokenLines(string: string, indent: string): string {
  if (!string.includes('\\n')) return string;
  return string.replace(ESCAPE, (escape, at: number) =>
    escape === '\\n' && at < string.length - 3
        ? `${escape}\n${indent}` : escape);
}

// The text with line breaks and indentation; numbers and strings untouched.
// With `breakStrings` a string goes on in the next line after each line break
// in it, so that texts can be compared by their own lines.
export function pretty({text, start, end}: Slice, breakStrings = false)
    : string {
  const parts: string[] = [];
  let indent = '';
  let i = start;
  while (i < end) {
    const c = text[i];
    if (c === '"') {
      const stop = skipString(text, i);
      const string = text.slice(i, stop);
      parts.push(
          breakStrings ? brokenLines(string, `${indent}  `) : string);
      i = stop;
    } else if (c === '{' || c === '[') {
      const inside = skipSpace(text, i + 1);
      if (text[inside] === '}' || text[inside] === ']') {
        parts.push(c, text[inside]);
        i = inside + 1;
        continue;
      }
      indent += '  ';
      parts.push(c, '\n', indent);
      ++i;
    } else if (c === '}' || c === ']') {
      indent = indent.slice(2);
      parts.push('\n', indent, c);
      ++i;
    } else if (c === ',') {
      parts.push(',\n', indent);
      ++i;
    } else if (c === ':') {
      parts.push(': ');
      ++i;
    } else if (SPACE.test(c)) {
      ++i;
    } else {
      const stop = Math.min(skipValue(text, i), end);
      parts.push(text.slice(i, stop));
      i = stop;
    }
  }
  return parts.join('');
}

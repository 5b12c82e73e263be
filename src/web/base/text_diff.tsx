// The difference of two texts, line by line.
import {diffLines} from 'diff';
import {useMemo, useState} from 'preact/hooks';

import {plural, visible} from './format';

// Unchanged lines kept around a change.
const CONTEXT = 3;
// Longer texts are cut: a difference of many megabytes is read by nobody.
const MAX_CHARACTERS = 400_000;

interface Line {
  mark: '+' | '-' | ' ';
  text: string;
  left: number | null;
  right: number | null;
}

type Row = Line | {skipped: Line[]};

function linesOf(a: string, b: string): Line[] {
  const lines: Line[] = [];
  let left = 0;
  let right = 0;
  for (const part of diffLines(a, b)) {
    const texts = part.value.split('\n');
    if (texts.at(-1) === '') texts.pop();
    for (const text of texts) {
      const mark = part.added ? '+' : part.removed ? '-' : ' ';
      lines.push({
        mark,
        text,
        left: mark === '+' ? null : ++left,
        right: mark === '-' ? null : ++right,
      });
    }
  }
  return lines;
}

function folded(lines: Line[]): Row[] {
  const keep = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, i) => {
    if (line.mark === ' ') return;
    for (let j = Math.max(0, i - CONTEXT);
      j <= Math.min(lines.length - 1, i + CONTEXT); ++j) {
      keep[j] = true;
    }
  });
  const rows: Row[] = [];
  let skipped: Line[] = [];
  const flush = () => {
    if (skipped.length > 1) rows.push({skipped});
    else rows.push(...skipped);
    skipped = [];
  };
  lines.forEach((line, i) => {
    if (!keep[i]) {
      skipped.push(line);
      return;
    }
    flush();
    rows.push(line);
  });
  flush();
  return rows;
}

function LineRow({line}: {line: Line}) {
  const kind = line.mark === '+' ? 'added' : line.mark === '-' ? 'removed' : '';
  return (
    <div class={`diff-line ${kind}`}>
      <span class="diff-number">{line.left}</span>
      <span class="diff-number">{line.right}</span>
      <span class="diff-mark">{line.mark}</span>
      <span class="diff-text">{visible(line.text)}</span>
    </div>
  );
}

function Skipped({lines}: {lines: Line[]}) {
  const [open, setOpen] = useState(false);
  if (open) return <>{lines.map((line, i) => <LineRow key={i} line={line} />)}</>;
  return (
    <button class="diff-skipped" onClick={() => setOpen(true)}>
      {plural(lines.length, 'unchanged line')}
    </button>
  );
}

export function TextDiff({a, b, label}:
    {a: string, b: string, label: string}) {
  const rows = useMemo(() => folded(linesOf(
      a.slice(0, MAX_CHARACTERS), b.slice(0, MAX_CHARACTERS))), [a, b]);
  if (a === b) return <p class="muted diff-same">No difference</p>;
  return (
    <div class="diff" role="region" aria-label={label} tabIndex={0}>
      {rows.map((row, i) => 'skipped' in row
        ? <Skipped key={i} lines={row.skipped} />
        : <LineRow key={i} line={row} />)}
      {Math.max(a.length, b.length) > MAX_CHARACTERS &&
        <p class="muted">Only the beginning is compared.</p>}
    </div>
  );
}

// How far the rows of a tree are moved to the right: as far as their names can
// still be read, however deep the tree and narrow the column are.
import type {RefObject} from 'preact';

import {useSize} from '../base/hooks';

const STEP = 14;
// Less is not seen as a step; what is deeper then says its level instead.
const LEAST_STEP = 4;
// What stands beside the indentation: 120 pixels of a name, and the marks.
const REST = 164;
const LEVEL = 26;
const FOLDED_COUNT = 44;
// Only in a column so wide is there room for that count in each row; in others
// the rows that have it are indented less.
const WIDE = 260;

export interface Indenting {
  step: number;
  room: number;
  foldedRoom: number;  // of a row that says how many calls are folded
}

// For a tree of that depth in a column as wide as the element.
export function useIndent(column: RefObject<HTMLElement>, deepest: number)
    : Indenting {
  const {width} = useSize(column);
  const foldedRoom = Math.max(0, width - REST - FOLDED_COUNT);
  const room = width >= WIDE ? foldedRoom : Math.max(0, width - REST);
  const fitting = Math.floor(room / Math.max(1, deepest));
  return {step: Math.max(LEAST_STEP, Math.min(STEP, fitting)), room, foldedRoom};
}

export function Indent({depth, indent, folded = false}:
    {depth: number, indent: Indenting, folded?: boolean}) {
  const wanted = depth * indent.step;
  const room = folded ? indent.foldedRoom : indent.room;
  if (wanted <= room) {
    return <span class="indent" style={{width: `${wanted}px`}} />;
  }
  return (
    <>
      <span class="indent"
        style={{width: `${Math.max(0, room - LEVEL)}px`}} />
      <span class="level" title={`Level ${depth + 1}`} aria-hidden="true">
        {depth + 1}
      </span>
    </>
  );
}

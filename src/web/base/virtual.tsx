// A list of any length, of which only the rows in sight exist.
import type {ComponentChildren, RefObject} from 'preact';
import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {useSize} from './hooks';

// Rows beyond the edges, so that scrolling never shows a gap.
const SPARE = 8;

export interface RowsProps {
  count: number;
  rowHeight: number;
  render: (index: number) => ComponentChildren;
  // Kept in sight when it changes; -1: none.
  selected: number;
  // What is selected. While it stays the same, but at another index, it is
  // kept in sight only if it was: who has scrolled away is left in peace.
  selectedKey?: string | null;
  head?: ComponentChildren;
  class?: string;
  scroller?: RefObject<HTMLDivElement>;
  // Where to begin, in pixels from the top.
  startTop?: number;
  // The last rows have come into sight.
  onEnd?: () => void;
  attributes?: Record<string, string | number | undefined>;
  onKeyDown?: (event: KeyboardEvent) => void;
}

export function Rows(props: RowsProps) {
  const own = useRef<HTMLDivElement>(null);
  const ref = props.scroller ?? own;
  const head = useRef<HTMLDivElement>(null);
  const {height} = useSize(ref);
  const [top, setTop] = useState(0);
  const {count, rowHeight, selected} = props;
  const shown = useRef<{key: unknown, index: number}>();

  useLayoutEffect(() => {
    if (!ref.current || !props.startTop) return;
    ref.current.scrollTop = props.startTop;
    setTop(ref.current.scrollTop);
  }, []);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || selected < 0 || selected >= count) return;
    const space = element.clientHeight - (head.current?.offsetHeight ?? 0);
    const at = selected * rowHeight;
    const last = shown.current;
    const key = props.selectedKey ?? selected;
    shown.current = {key, index: selected};
    if (last?.key === key && last.index !== selected) {
      const was = last.index * rowHeight;
      if (was < element.scrollTop - rowHeight ||
          was > element.scrollTop + space) {
        return;
      }
    }
    // When far away, to the middle; else just so far that it is seen whole.
    if (at < element.scrollTop - space || at > element.scrollTop + 2 * space) {
      element.scrollTop = at - space / 2;
    } else if (at < element.scrollTop) {
      element.scrollTop = at;
    } else if (at + rowHeight > element.scrollTop + space) {
      element.scrollTop = at + rowHeight - space;
    }
  }, [selected, props.selectedKey, count > 0, height > 0]);

  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE);
  const last = Math.min(
      count, Math.ceil((top + height) / rowHeight) + SPARE);
  useLayoutEffect(() => {
    if (height > 0 && last >= count) props.onEnd?.();
  }, [last >= count, count, height > 0]);

  const rows = [];
  for (let i = first; i < last; ++i) rows.push(props.render(i));
  return (
    <div class={`rows ${props.class ?? ''}`} ref={ref} tabIndex={0}
      onScroll={event => setTop(event.currentTarget.scrollTop)}
      onKeyDown={props.onKeyDown} {...props.attributes}>
      {props.head && <div class="rows-head" ref={head} role="rowgroup">
        {props.head}
      </div>}
      <div class="rows-space" role="rowgroup"
        style={{height: `${count * rowHeight}px`}}>
        <div class="rows-window"
          style={{transform: `translateY(${first * rowHeight}px)`}}>
          {rows}
        </div>
      </div>
    </div>
  );
}

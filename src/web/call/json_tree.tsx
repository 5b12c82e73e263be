// A JSON value as a foldable tree, straight from its text.
import {useState} from 'preact/hooks';

import {bytes, count, visible} from '../base/format';
import {isEmpty, kindOf, member, members, Slice, textOf, valueOf}
  from '../base/json_text';
import {parseRef, refPath} from '../base/refs';
import {MediaOf} from './media';

const PAGE = 100;  // members shown at once
const LINE = 160;  // characters of a string before it is folded
const STEP = 20_000;  // characters more each time

// Text of any length, in parts.
export function LongText({text: raw, class: name = 'long-text'}:
    {text: string, class?: string}) {
  const [shown, setShown] = useState(2000);
  const text = visible(raw);
  if (text.length <= shown + 200) return <span class={name}>{text}</span>;
  return (
    <span class={name}>
      {text.slice(0, shown)}
      <span class="cut" aria-hidden="true">…</span>
      <button class="more" onClick={() => setShown(shown + STEP)}>
        Show more ({bytes(shown)} of {bytes(text.length)})
      </button>
    </span>
  );
}

function StringValue({slice}: {slice: Slice}) {
  const [open, setOpen] = useState(false);
  const length = slice.end - slice.start;
  // Of a long one only the beginning is decoded; an escape may be cut, so
  // that is shown as it is.
  if (length > LINE * 4 && !open) {
    const head = slice.text.slice(slice.start, slice.start + LINE);
    return (
      <span class="j-string">
        {visible(head)}<span class="cut" aria-hidden="true">…</span>
        <button class="more" onClick={() => setOpen(true)}>
          Show {bytes(length)}
        </button>
      </span>
    );
  }
  const text = valueOf<string>(slice);
  const ref = parseRef(text);
  const href = ref && refPath(ref);
  if (href) return <a class="j-ref" href={href}>{visible(text)}</a>;
  if (/^data:image\/(png|jpeg|gif|webp);base64,/.test(text.slice(0, 40))) {
    return <img class="media" src={text} alt="Image in the value" />;
  }
  // Blanks alone are seen only when they are quoted.
  if (open || (text.trim() && text.includes('\n'))) {
    return <span class="j-string j-block"><LongText text={text} /></span>;
  }
  return <span class="j-string">{visible(JSON.stringify(text))}</span>;
}

// What a folded container says about itself.
function Preview({slice}: {slice: Slice}) {
  const text = slice.text.slice(slice.start, Math.min(slice.end,
                                                      slice.start + 140));
  return (
    <span class="j-preview">
      {visible(text.replace(/\s+/g, ' '))}{slice.end - slice.start > 140 && '…'}
    </span>
  );
}

function Members({slice, depth, projectId}:
    {slice: Slice, depth: number, projectId: string}) {
  const [pages, setPages] = useState(1);
  const {rows, next} = members(slice, pages * PAGE);
  return (
    <div role="group">
      {rows.map((row, i) => (
        <JsonNode key={i} name={row.key} slice={row.value} depth={depth}
          projectId={projectId} />
      ))}
      {next !== null && (
        <button class="more" onClick={() => setPages(pages * 4)}>
          Show more than {count(rows.length)}
        </button>
      )}
    </div>
  );
}

function Key({name}: {name: string | number}) {
  const [open, setOpen] = useState(false);
  if (typeof name === 'number') return <span class="j-index">{name}</span>;
  if (name.length <= LINE || open) {
    return <span class="j-key">{visible(name)}</span>;
  }
  return (
    <span class="j-key">
      {visible(name.slice(0, LINE / 2))}
      <span class="cut" aria-hidden="true">…</span>
      <button class="more" onClick={() => setOpen(true)}>
        Show {bytes(name.length)}
      </button>
    </span>
  );
}

function isMedia(slice: Slice): boolean {
  if (slice.end - slice.start > 10_000) return false;
  const type = member(slice, '_type');
  return type !== undefined && textOf(type) === '"CustomWeaveType"' &&
      member(slice, 'files') !== undefined;
}

function JsonNode({name, slice, depth, projectId}: {
  name: string | number,
  slice: Slice,
  depth: number,
  projectId: string,
}) {
  const kind = kindOf(slice);
  const nested = (kind === 'object' || kind === 'array') && !isEmpty(slice);
  const size = slice.end - slice.start;
  const media = nested && isMedia(slice);
  const [open, setOpen] = useState(nested && !media &&
      (depth === 0 ? size < 20_000 : depth < 3 && size < 600));
  const key = <Key name={name} />;
  if (!nested) {
    return (
      <div role="treeitem" class="j-row">
        <span class="fold" />{key}
        {kind === 'string'
          ? <StringValue slice={slice} />
          : <span class={`j-${kind}`}>{textOf(slice)}</span>}
      </div>
    );
  }
  return (
    <div role="treeitem" class="j-node" aria-expanded={open}>
      <div class="j-row">
        <button class={`fold ${open ? '' : 'folded'}`}
          aria-label={`${open ? 'Fold' : 'Unfold'} ` +
            String(name).slice(0, LINE)}
          onClick={() => setOpen(!open)}>
          <svg viewBox="0 0 8 8" aria-hidden="true">
            <path d="M1 2.5l3 3 3-3" />
          </svg>
        </button>
        {key}
        {open
          ? <span class="j-preview">{kind === 'array' ? '[ ]' : '{ }'}</span>
          : <Preview slice={slice} />}
      </div>
      {media && <MediaOf slice={slice} projectId={projectId} />}
      {open && <div class="j-inside">
        <Members slice={slice} depth={depth + 1} projectId={projectId} />
      </div>}
    </div>
  );
}

export function JsonTree({slice, projectId, label}:
    {slice: Slice, projectId: string, label: string}) {
  const kind = kindOf(slice);
  if ((kind === 'object' || kind === 'array') && !isEmpty(slice)) {
    return (
      <div class="json" role="tree" aria-label={label}>
        {isMedia(slice) && <MediaOf slice={slice} projectId={projectId} />}
        <Members slice={slice} depth={0} projectId={projectId} />
      </div>
    );
  }
  return (
    <div class="json">
      {kind === 'string'
        ? <span class="j-string j-block">
          <StringValue slice={slice} />
        </span>
        : <span class={`j-${kind}`}>{textOf(slice)}</span>}
    </div>
  );
}

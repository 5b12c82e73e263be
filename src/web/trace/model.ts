// A trace as a tree on a time axis, with what is worth a look marked.
import type {Call, Status} from '../base/api';
import {micros, STEPS_MS, visible} from '../base/format';
import {opLabel} from '../base/refs';

export interface Node {
  call: Call;
  name: string;
  status: Status;
  parent: Node | null;
  children: Node[];
  depth: number;
  startUs: number;
  endUs: number;  // of a running call: the end of the trace
  selfUs: number;  // without the time of its children
  tokens: number | null;
  size: number;  // itself and what is below it
  critical: boolean;  // the trace would be shorter if it were
  slow: boolean;  // ended, and one of those with the most time of their own
}

export interface TraceModel {
  roots: Node[];
  all: Node[];  // in the order of the tree
  byId: Map<string, Node>;
  deepest: number;  // the greatest depth
  startUs: number;
  endUs: number;
  errors: Node[];
  slowest: Node[];
  open: number;
}

// At most so many are marked, and of small traces one call in four.
const SLOWEST = 5;

function statusOf(call: Call): Status {
  return call.summary?.weave?.status ?? (call.ended_at ? 'success' : 'running');
}

export function tokensOf(call: Call): number | null {
  const usage = call.summary?.usage;
  if (!usage || typeof usage !== 'object') return null;
  let sum: number | null = null;
  for (const row of Object.values(usage)) {
    if (!row || typeof row !== 'object') continue;
    const parts = (row.prompt_tokens ?? 0) + (row.input_tokens ?? 0) +
        (row.completion_tokens ?? 0) + (row.output_tokens ?? 0);
    sum = (sum ?? 0) + (row.total_tokens || parts);
  }
  return sum;
}

export function nameOf(call: Call): string {
  const weave = call.summary?.weave;
  return visible(call.display_name || weave?.display_name ||
      weave?.trace_name || opLabel(call.op_name));
}

// The time of the node that no child covers.
function selfTime(node: Node): number {
  let covered = 0;
  let until = node.startUs;
  for (const child of node.children) {  // by start
    const start = Math.max(child.startUs, until);
    const end = Math.min(child.endUs, node.endUs);
    if (end <= start) continue;
    covered += end - start;
    until = end;
  }
  return node.endUs - node.startUs - covered;
}

// From the end of the root back to its start: of the calls that were still to
// be waited for, the last to end; within it the same again.
function markCritical(root: Node) {
  const stack = [{node: root, end: root.endUs}];
  while (stack.length) {
    const {node, end} = stack.pop()!;
    node.critical = true;
    let cursor = Math.min(node.endUs, end);
    const lastFirst = [...node.children].sort((a, b) => b.endUs - a.endUs);
    for (const child of lastFirst) {
      if (child.endUs > cursor || child.startUs >= cursor) continue;
      stack.push({node: child, end: cursor});
      cursor = child.startUs;
    }
  }
}

// Calls whose parents go round in a ring have no root above them: of each ring
// the first to start is taken for one.
function cutRings(nodes: Node[]): Node[] {
  const leadsUp = new Set<Node>();  // to a root
  const cut: Node[] = [];
  for (const node of nodes) {
    const way = new Set<Node>();
    let up: Node | null = node;
    while (up && !leadsUp.has(up) && !way.has(up)) {
      way.add(up);
      up = up.parent;
    }
    if (up && way.has(up)) {
      let first = up;
      for (let one = up.parent!; one !== up; one = one.parent!) {
        if (one.startUs < first.startUs) first = one;
      }
      const parent = first.parent!;
      parent.children.splice(parent.children.indexOf(first), 1);
      first.parent = null;
      cut.push(first);
    }
    for (const one of way) leadsUp.add(one);
  }
  return cut;
}

export function buildTrace(calls: Call[]): TraceModel {
  const nodes: Node[] = calls.map(call => ({
    call,
    name: nameOf(call),
    status: statusOf(call),
    parent: null,
    children: [],
    depth: 0,
    startUs: micros(call.started_at),
    endUs: call.ended_at ? micros(call.ended_at) : NaN,
    selfUs: 0,
    tokens: tokensOf(call),
    size: 1,
    critical: false,
    slow: false,
  }));
  nodes.sort((a, b) => a.startUs - b.startUs);
  const byId = new Map(nodes.map(node => [node.call.id, node]));
  let startUs = Infinity;
  let endUs = -Infinity;
  for (const node of nodes) {
    startUs = Math.min(startUs, node.startUs);
    endUs = Math.max(endUs, node.startUs, node.endUs || 0);
  }
  const roots: Node[] = [];
  for (const node of nodes) {
    if (Number.isNaN(node.endUs)) node.endUs = endUs;
    node.endUs = Math.max(node.endUs, node.startUs);
    // A child may have come without its parent.
    const parent = byId.get(node.call.parent_id ?? '');
    if (parent && parent !== node) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      roots.push(node);
    }
  }
  roots.push(...cutRings(nodes));
  roots.sort((a, b) => a.startUs - b.startUs);
  // Without recursion: traces may be as deep as they are long.
  const all: Node[] = [];
  let deepest = 0;
  const stack = [...roots].reverse();
  while (stack.length) {
    const node = stack.pop()!;
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    deepest = Math.max(deepest, node.depth);
    all.push(node);
    for (let i = node.children.length - 1; i >= 0; --i) {
      stack.push(node.children[i]);
    }
  }
  for (let i = all.length - 1; i >= 0; --i) {
    const {parent, size} = all[i];
    if (parent) parent.size += size;
  }
  for (const node of all) node.selfUs = selfTime(node);
  for (const root of roots) markCritical(root);
  const total = endUs - startUs;
  const slowest = all
      .filter(node => node.call.ended_at)
      .sort((a, b) => b.selfUs - a.selfUs)
      .slice(0, Math.min(SLOWEST, Math.floor(all.length / 4)))
      .filter(node => node.selfUs > total / 50);
  for (const node of slowest) node.slow = true;
  return {
    roots,
    all,
    byId,
    deepest,
    startUs,
    endUs,
    errors: all.filter(node => node.status === 'error'),
    slowest,
    open: calls.filter(call => !call.ended_at).length,
  };
}

// What has been silent for so long was left behind when its program ended.
const SILENT_US = 3600e6;

// Where the time axis ends: while calls run, now. Not if that would squeeze a
// trace that was left behind into its beginning.
export function axisEnd(model: TraceModel, nowUs: number): number {
  const silentUs = nowUs - model.endUs;
  if (model.open === 0 || silentUs <= 0 ||
      (silentUs > SILENT_US && model.endUs > model.startUs)) {
    return model.endUs;
  }
  return nowUs;
}

// The nodes to be seen, in order: none below a folded one; with a text only
// those that have it in their name, and the way to them.
export function visibleNodes(model: TraceModel, folded: Set<string>,
                             text: string): Node[] {
  const wanted = text.trim().toLowerCase();
  if (wanted) {
    const keep = new Set<Node>();
    for (const node of model.all) {
      if (!node.name.toLowerCase().includes(wanted)) continue;
      for (let up: Node | null = node; up && !keep.has(up); up = up.parent) {
        keep.add(up);
      }
    }
    return model.all.filter(node => keep.has(node));
  }
  if (folded.size === 0) return model.all;
  const rows: Node[] = [];
  for (let i = 0; i < model.all.length;) {
    const node = model.all[i];
    rows.push(node);
    i += folded.has(node.call.id) ? node.size : 1;
  }
  return rows;
}

// Times for the axis: at most five steps of a round length.
export function axisTicks(totalUs: number): number[] {
  if (totalUs <= 0) return [0];
  const rough = totalUs / 4;
  const step = 1000 *
      (STEPS_MS.find(ms => 1000 * ms >= rough) ?? rough / 1000);
  const ticks = [];
  for (let at = 0; at < totalUs; at += step) ticks.push(at);
  return ticks;
}

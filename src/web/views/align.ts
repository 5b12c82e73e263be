// Which call of one trace answers to which of another.
import type {Node, TraceModel} from '../trace/model';

export interface Pair {
  a: Node | null;
  b: Node | null;
}

// Longer lists of children are paired by name and order of appearance alone.
const MAX_TABLE = 1_000_000;

// The longest common order of names: classic, in a table of lengths.
function common(a: Node[], b: Node[]): Pair[] {
  const width = b.length + 1;
  const length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; --i) {
    for (let j = b.length - 1; j >= 0; --j) {
      length[i * width + j] = a[i].name === b[j].name
          ? length[(i + 1) * width + j + 1] + 1
          : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i].name === b[j].name) {
      pairs.push({a: a[i++], b: b[j++]});
    } else if (j >= b.length || (i < a.length &&
        length[(i + 1) * width + j] >= length[i * width + j + 1])) {
      pairs.push({a: a[i++], b: null});
    } else {
      pairs.push({a: null, b: b[j++]});
    }
  }
  return pairs;
}

function byAppearance(a: Node[], b: Node[]): Pair[] {
  const left = new Map<string, Node[]>();
  for (const node of b) {
    const list = left.get(node.name);
    if (list) list.push(node);
    else left.set(node.name, [node]);
  }
  for (const list of left.values()) list.reverse();
  const pairs: Pair[] = a.map(
      node => ({a: node, b: left.get(node.name)?.pop() ?? null}));
  const taken = new Set(pairs.map(pair => pair.b));
  for (const node of b) if (!taken.has(node)) pairs.push({a: null, b: node});
  return pairs;
}

function pairsOf(a: Node[], b: Node[]): Pair[] {
  return (a.length + 1) * (b.length + 1) > MAX_TABLE
      ? byAppearance(a, b) : common(a, b);
}

// All calls of both, in the order of the tree. Roots answer to each other
// whatever they are called; below them, calls of the same name in the same
// order do.
export function alignTraces(a: TraceModel, b: TraceModel): Pair[] {
  const result: Pair[] = [];
  const roots = a.roots.length === 1 && b.roots.length === 1
      ? [{a: a.roots[0], b: b.roots[0]}] : pairsOf(a.roots, b.roots);
  const stack: Pair[] = roots.reverse();
  while (stack.length) {
    const pair = stack.pop()!;
    result.push(pair);
    const below = pairsOf(pair.a?.children ?? [], pair.b?.children ?? []);
    for (let i = below.length - 1; i >= 0; --i) stack.push(below[i]);
  }
  return result;
}

// One trace: its calls as a tree beside a waterfall, and the chosen call.
import type {ComponentChildren} from 'preact';
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';

import {Cost, postJson, totalCost} from '../base/api';
import {cost, count, duration, plural} from '../base/format';
import {useKeys, useLater, useLoaded, useNow, useTitle} from '../base/hooks';
import {useChanges} from '../base/live';
import {callPath, viewPath} from '../base/refs';
import {go, listPath, Place} from '../base/router';
import {CopyButton, Empty, ErrorNote, Loading} from '../base/ui';
import {Rows} from '../base/virtual';
import {CallPanel} from '../call/panel';
import {useIndent} from './indent';
import {LoadedTrace, loadTrace} from './load';
import {axisEnd, Node, TraceModel, visibleNodes} from './model';
import {AxisHead, CallRow, ROW_HEIGHT} from './rows';

type CallUsage = Record<string, Record<string, Cost>>;

// What the trace cost, so far as prices are known.
function useCost(model: TraceModel, projectId: string): number | null {
  const roots = model.roots.map(({call}) => call.id);
  const usage = useLoaded(
      `usage ${projectId} ${roots}`,
      signal => postJson<{call_usage: CallUsage}>('/calls/usage', {
        project_id: projectId, call_ids: roots, include_costs: true,
        limit: Math.max(1000, 2 * model.all.length),
      }, signal));
  useLater(model, usage.reload);
  const costs = Object.values(usage.data?.call_usage ?? {})
      .map(models => totalCost(models))
      .filter(cost => cost !== null);
  return costs.length ? costs.reduce((sum, cost) => sum + cost, 0) : null;
}

function Summary({model, projectId, onJump}: {
  model: TraceModel,
  projectId: string,
  onJump: (nodes: Node[], step: number) => void,
}) {
  const root = model.roots[0];
  const spent = useCost(model, projectId);
  let tokens: number | null = root.tokens;
  if (tokens === null) {
    for (const node of model.all) {
      if (node.tokens !== null) tokens = (tokens ?? 0) + node.tokens;
    }
  }
  return (
    <div class="trace-summary">
      <a class="back" href={listPath(projectId)}>
        Traces
      </a>
      <h1 title={root.name}>{root.name}</h1>
      <dl class="facts">
        <div><dt>Time</dt>
          <dd>{model.open ? 'running'
            : duration((model.endUs - model.startUs) / 1000)}</dd></div>
        <div><dt>Calls</dt><dd>{count(model.all.length)}</dd></div>
        {tokens !== null &&
          <div><dt>Tokens</dt><dd>{count(tokens)}</dd></div>}
        {spent !== null &&
          <div><dt>Cost</dt><dd>{cost(spent)}</dd></div>}
        {root.call.thread_id && <div><dt>Thread</dt><dd>
          <a href={viewPath(projectId, 'thread', root.call.thread_id)}>
            {root.call.thread_id}
          </a></dd></div>}
      </dl>
      <span class="grow" />
      <span class="trace-actions">
        {model.errors.length > 0 &&
          <button class="jump-error" title="Next error (e)"
            onClick={() => onJump(model.errors, 1)}>
            {plural(model.errors.length, 'error')}
          </button>}
        {model.slowest.length > 0 &&
          <button class="jump-slow" title="Next of the slowest calls (s)"
            onClick={() => onJump(model.slowest, 1)}>Slowest</button>}
        <CopyButton text={() => location.href}>Copy link</CopyButton>
      </span>
    </div>
  );
}

// What is redrawn each second while calls run: this, and not the panel beside
// it, which may have much to show.
function OnAxis({model, children}:
    {model: TraceModel, children: (endUs: number) => ComponentChildren}) {
  const now = useNow(model.open > 0);
  return <>{children(axisEnd(model, 1000 * now))}</>;
}

function TraceBody({model, changes, projectId, id, place}: {
  model: TraceModel,
  changes: number,
  projectId: string,
  id: string,
  place: Place,
}) {
  const [folded, setFolded] = useState<Set<string>>(new Set());
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const indent = useIndent(tree, model.deepest);
  const rows = useMemo(() => visibleNodes(model, folded, text),
                       [model, folded, text]);
  const selected = model.byId.get(id) ?? model.roots[0];
  const at = rows.indexOf(selected);
  useTitle(selected.name);

  const select = (node: Node) => {
    const tab = place.params.get('tab');
    go(callPath(projectId, node.call.id) + (tab ? `?tab=${tab}` : ''), true);
  };
  const show = (node: Node | undefined) => {
    if (!node) return;
    // What is shown must not be below a folded call.
    const hidden: string[] = [];
    for (let up = node.parent; up; up = up.parent) {
      if (folded.has(up.call.id)) hidden.push(up.call.id);
    }
    if (hidden.length) {
      setFolded(old => new Set([...old].filter(one => !hidden.includes(one))));
    }
    if (text && !rows.includes(node)) setText('');
    select(node);
  };
  // Where the selected call is folded away, the call that hides it is selected.
  const setFolds = (next: Set<string>) => {
    setFolded(next);
    let seen = selected;
    for (let up = selected.parent; up; up = up.parent) {
      if (next.has(up.call.id)) seen = up;
    }
    // What is searched for is shown without folds.
    if (!text && seen !== selected) select(seen);
  };
  // A link may lead to a call that is folded away.
  useEffect(() => { if (at < 0 && !text) show(selected); }, [id]);
  const fold = (node: Node, shut: boolean) => {
    const next = new Set(folded);
    if (shut) next.add(node.call.id);
    else next.delete(node.call.id);
    setFolds(next);
  };
  // The next of `nodes` in the order of the tree, around the end.
  const jump = (nodes: Node[], step: number) => {
    const order = model.all;
    const here = order.indexOf(selected);
    const places = nodes.map(node => order.indexOf(node)).sort((a, b) => a - b);
    const next = step > 0
        ? places.find(one => one > here) ?? places[0]
        : places.filter(one => one < here).at(-1) ?? places.at(-1)!;
    show(order[next]);
  };
  const unfold = () => fold(selected, false);
  const shut = () => {
    if (selected.children.length && !folded.has(selected.call.id)) {
      fold(selected, true);
    } else {
      show(selected.parent ?? undefined);
    }
  };
  useKeys({
    'j': () => show(rows[Math.min(rows.length - 1, at + 1)]),
    'k': () => show(rows[Math.max(0, at - 1)]),
    'ArrowDown': () => show(rows[Math.min(rows.length - 1, at + 1)]),
    'ArrowUp': () => show(rows[Math.max(0, at - 1)]),
    'PageDown': () => show(rows[Math.min(rows.length - 1, at + 20)]),
    'PageUp': () => show(rows[Math.max(0, at - 20)]),
    'g': () => show(rows[0]),
    'G': () => show(rows[rows.length - 1]),
    'Home': () => show(rows[0]),
    'End': () => show(rows[rows.length - 1]),
    'l': unfold,
    'ArrowRight': unfold,
    'h': shut,
    'ArrowLeft': shut,
    'p': () => show(selected.parent ?? undefined),
    'e': () => jump(model.errors, 1),
    'E': () => jump(model.errors, -1),
    's': () => jump(model.slowest, 1),
    '/': () => search.current?.focus(),
    'Escape': () => {
      if (text) setText('');
      else go(listPath(projectId));
    },
  });
  const allFolded = folded.size > 0;
  return (
    <div class="view trace-view">
      <Summary model={model} projectId={projectId} onJump={jump} />
      <div class="trace-split">
        <section class="tree-pane" aria-label="Calls">
          <div class="tree-tools">
            <input ref={search} type="search" value={text} autocomplete="off"
              placeholder="Find a call  ( / )" aria-label="Find a call"
              onInput={event => setText(event.currentTarget.value)}
              onKeyDown={event => {
                if (event.key === 'Escape') event.currentTarget.blur();
                if (event.key === 'Enter') {
                  const wanted = text.trim().toLowerCase();
                  event.currentTarget.blur();
                  show(rows.find(node =>
                    node.name.toLowerCase().includes(wanted)));
                }
              }} />
            <button class="quiet" onClick={() => setFolds(allFolded
              ? new Set()
              : new Set(model.all
                  .filter(node => node.depth > 0 && node.children.length)
                  .map(node => node.call.id)))}>
              {allFolded ? 'Unfold all' : 'Fold all'}
            </button>
            <span class="grow" />
            <span class="legend">
              <span class="legend-critical" />critical path
            </span>
          </div>
          <OnAxis model={model}>{endUs => (
            <Rows count={rows.length} rowHeight={ROW_HEIGHT} selected={at}
              selectedKey={selected.call.id} class="calls"
              head={<AxisHead model={model} endUs={endUs} tree={tree} />}
              attributes={{
                'role': 'treegrid',
                'aria-label': 'Calls of the trace',
                'aria-rowcount': rows.length + 1,
                'aria-activedescendant': `call-${selected.call.id}`,
              }}
              render={index => {
                const node = rows[index];
                return <CallRow key={node.call.id} node={node} model={model}
                  endUs={endUs} indent={indent} index={index}
                  selected={node === selected}
                  folded={!text && folded.has(node.call.id)}
                  onSelect={() => show(node)}
                  onFold={() => fold(node, !folded.has(node.call.id))} />;
              }} />
          )}</OnAxis>
        </section>
        <CallPanel key={selected.call.id} projectId={projectId}
          id={selected.call.id} node={selected} changes={changes}
          place={place} />
      </div>
    </div>
  );
}

export function TraceView({projectId, id, byTrace, place}: {
  projectId: string,
  id: string,
  byTrace: boolean,
  place: Place,
}) {
  // The call by which the trace was found; another call of the same trace
  // needs no loading.
  const anchor = useRef({id, byTrace});
  const last = useRef<LoadedTrace | null>(null);
  if (!last.current?.model.byId.has(id) && anchor.current.id !== id) {
    anchor.current = {id, byTrace};
  }
  const {id: from, byTrace: fromTrace} = anchor.current;
  const trace = useLoaded(`${projectId} ${from} ${fromTrace}`, async signal => {
    last.current =
        await loadTrace(projectId, from, fromTrace, last.current, signal);
    return last.current?.model ?? null;
  });
  // The changes that led there may have been the last.
  const againMs = last.current?.againMs ?? 0;
  useEffect(() => {
    if (trace.loading || againMs === 0) return;
    const timer = setTimeout(trace.reload, againMs);
    return () => clearTimeout(timer);
  }, [trace.loading, againMs]);
  useTitle('Trace');
  // What has changed is not told, and may be anything.
  const [changes, setChanges] = useState(0);
  useChanges(projectId, [trace], () => setChanges(n => n + 1));
  // The body knows of more that is to be left first.
  useKeys(trace.data ? {} : {'Escape': () => go(listPath(projectId))});
  if (trace.error && !trace.data) {
    return <div class="view">
      <ErrorNote error={trace.error} retry={trace.reload} />
    </div>;
  }
  if (trace.data === undefined) return <Loading />;
  if (trace.data === null) {
    return (
      <Empty title={`There is no ${byTrace ? 'trace' : 'call'} ${id} in ` +
        `${projectId}.`}>
        <p>It may not have arrived yet: then it will appear here.</p>
        <a href={listPath(projectId)}>All traces</a>
      </Empty>
    );
  }
  return <TraceBody model={trace.data} changes={changes} projectId={projectId}
    id={id} place={place} />;
}

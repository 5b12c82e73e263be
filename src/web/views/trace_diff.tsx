// Two traces side by side: which calls are in both, how they differ.
import {useMemo, useRef} from 'preact/hooks';

import {postText, queryCalls} from '../base/api';
import {count, duration, plural} from '../base/format';
import {useLoaded, useTitle} from '../base/hooks';
import {member, pretty, whole} from '../base/json_text';
import {callPath} from '../base/refs';
import {go, listPath, Place, withParams} from '../base/router';
import {TextDiff} from '../base/text_diff';
import {Empty, ErrorNote, Loading, StatusIcon} from '../base/ui';
import {Rows} from '../base/virtual';
import type {ViewProps} from '../main';
import {Indent, Indenting, useIndent} from '../trace/indent';
import {buildTrace, Node, TraceModel} from '../trace/model';
import {alignTraces, Pair} from './align';

const ROW_HEIGHT = 26;
const COLUMNS = ['parent_id', 'ended_at', 'display_name', 'summary',
                 'exception'];

// `id`: of the trace, or of any call of it.
async function loadTrace(projectId: string, id: string, signal: AbortSignal)
    : Promise<TraceModel | null> {
  const [call] = await queryCalls(
      projectId, {filter: {call_ids: [id]}}, ['trace_id'], signal);
  const calls = await queryCalls(projectId, {
    filter: {trace_ids: [call ? call.trace_id : id]},
    sort_by: [],
  }, COLUMNS, signal);
  return calls.length ? buildTrace(calls) : null;
}

function latency(node: Node | null): number | null {
  return node?.call.ended_at ? (node.endUs - node.startUs) / 1000 : null;
}

function change(a: number | null, b: number | null,
                format: (n: number) => string): string {
  if (a === null || b === null || a === b) return '';
  return `${b > a ? '+' : '−'}${format(Math.abs(b - a))}`;
}

function Side({node}: {node: Node | null}) {
  if (!node) return <span class="muted">none</span>;
  return <>
    <StatusIcon status={node.status} />
    {node.call.ended_at ? duration(latency(node)) : 'running'}
  </>;
}

// What a trace took; null while calls of it run.
function span(model: TraceModel): number | null {
  return model.open ? null : (model.endUs - model.startUs) / 1000;
}

function PairRow({pair, indent, selected, index, onSelect}: {
  pair: Pair,
  indent: Indenting,
  selected: boolean,
  index: number,
  onSelect: () => void,
}) {
  const node = pair.a ?? pair.b!;
  const kind = !pair.a ? 'added' : !pair.b ? 'removed' : '';
  return (
    <div role="row" aria-selected={selected} aria-rowindex={index + 2}
      class={`row diff-row ${kind} ${selected ? 'selected' : ''}`}
      onClick={onSelect}>
      <div role="gridcell" class="c-tree">
        <Indent depth={node.depth} indent={indent} />
        <button class="link" onClick={onSelect}>{node.name}</button>
        {pair.a && pair.b && pair.a.name !== pair.b.name &&
          <span class="muted">now {pair.b.name}</span>}
      </div>
      <div role="gridcell" class="with-status"><Side node={pair.a} /></div>
      <div role="gridcell" class="with-status"><Side node={pair.b} /></div>
      <div role="gridcell" class="c-number">
        {change(latency(pair.a), latency(pair.b), duration)}
      </div>
      <div role="gridcell" class="c-number c-more-tokens">
        {change(pair.a?.tokens ?? null, pair.b?.tokens ?? null, count)}
      </div>
    </div>
  );
}

// The values of a call, as lines that can be compared.
async function valuesOf(projectId: string, node: Node | null,
                        signal: AbortSignal) {
  if (!node) return {inputs: '', output: '', exception: ''};
  const body = whole(await postText(
      '/call/read', {project_id: projectId, id: node.call.id}, signal));
  const call = member(body, 'call')!;
  const text = (key: string) => {
    const value = member(call, key);
    return value ? pretty(value, true) : '';
  };
  return {
    inputs: text('inputs'),
    output: text('output'),
    exception: node.call.exception ?? '',
  };
}

function PairDetail({pair, projects}: {pair: Pair, projects: string[]}) {
  const loaded = useLoaded(
      `${pair.a?.call.id} ${pair.b?.call.id}`,
      signal => Promise.all([pair.a, pair.b].map(
          (node, i) => valuesOf(projects[i], node, signal))));
  if (loaded.error) return <ErrorNote error={loaded.error} />;
  if (!loaded.data) return <Loading />;
  const [a, b] = loaded.data;
  const running = [pair.a, pair.b].flatMap((node, i) =>
    node && !node.call.ended_at ? ['AB'[i]] : []);
  return (
    <section class="panel-body" aria-label="The call in both">
      <div class="section-bar">
        <h2>{(pair.a ?? pair.b)!.name}</h2>
        <span class="grow" />
        {[pair.a, pair.b].map((node, i) => node &&
          <a key={i} href={callPath(projects[i], node.call.id)}>
            {i === 0 ? 'Open A' : 'Open B'}
          </a>)}
      </div>
      <h3>Inputs</h3>
      <TextDiff a={a.inputs} b={b.inputs} label="Inputs" />
      <h3>Output</h3>
      {running.length > 0
        ? <p class="muted diff-same">
          {running.join(' and ')} had not ended when this was loaded: no output.
        </p>
        : <TextDiff a={a.output} b={b.output} label="Output" />}
      {(a.exception || b.exception) && <>
        <h3>Exception</h3>
        <TextDiff a={a.exception} b={b.exception} label="Exception" />
      </>}
    </section>
  );
}

function Comparison({left, right, projects, place}: {
  left: TraceModel,
  right: TraceModel,
  projects: string[],
  place: Place,
}) {
  const pairs = useMemo(() => alignTraces(left, right), [left, right]);
  const column = useRef<HTMLDivElement>(null);
  const indent = useIndent(column, Math.max(left.deepest, right.deepest));
  const wanted = Number(place.params.get('at')) || 0;
  const at = Math.max(0, Math.min(pairs.length - 1, Math.floor(wanted)));
  const select = (index: number) =>
    go(withParams({at: String(index)}), true);
  const onlyA = pairs.filter(pair => !pair.b).length;
  const onlyB = pairs.filter(pair => !pair.a).length;
  return (
    <div class="view trace-view">
      <div class="trace-summary">
        <a class="back" href={listPath(projects[0])}>
          Traces
        </a>
        <h1>Comparison</h1>
        <dl class="facts">
          {[left, right].map((model, i) => (
            <div key={i}><dt>{i === 0 ? 'A' : 'B'}</dt><dd>
              <a href={callPath(projects[i], model.roots[0].call.id)}>
                {model.roots[0].name}
              </a>
              {' '}{model.open ? 'running' : duration(span(model))},
              {' '}{plural(model.all.length, 'call')}
            </dd></div>
          ))}
          {!left.open && !right.open && <div><dt>Time</dt>
            <dd>{change(span(left), span(right), duration) || 'same'}</dd>
          </div>}
          <div><dt>Only in A</dt><dd>{onlyA}</dd></div>
          <div><dt>Only in B</dt><dd>{onlyB}</dd></div>
        </dl>
      </div>
      <div class="trace-split">
        <Rows count={pairs.length} rowHeight={ROW_HEIGHT} selected={at}
          class="pairs"
          attributes={{'role': 'grid', 'aria-label': 'Calls of both traces',
                       'aria-rowcount': pairs.length + 1}}
          head={<div role="row" class="row head-row diff-row">
            <div role="columnheader" ref={column}>Call</div>
            <div role="columnheader">A</div>
            <div role="columnheader">B</div>
            <div role="columnheader" class="c-number">Time</div>
            <div role="columnheader" class="c-number c-more-tokens">
              Tokens
            </div>
          </div>}
          render={index => <PairRow key={index} pair={pairs[index]}
            indent={indent} index={index} selected={index === at}
            onSelect={() => select(index)} />} />
        <div class="panel">
          <PairDetail key={at} pair={pairs[at]} projects={projects} />
        </div>
      </div>
    </div>
  );
}

export function View({projectId, place}: ViewProps) {
  useTitle('Comparison');
  const ids = ['a', 'b'].map(side => place.params.get(side) ?? '');
  // The second trace may be of another project.
  const projects = [projectId, place.params.get('project_b') ?? projectId];
  const loaded = useLoaded(`${projects.join()} ${ids.join()}`, signal =>
    Promise.all(ids.map((id, i) => loadTrace(projects[i], id, signal))));
  if (loaded.error) {
    return <ErrorNote error={loaded.error} retry={loaded.reload} />;
  }
  if (!loaded.data) return <Loading />;
  const [left, right] = loaded.data;
  if (!left || !right) {
    return (
      <Empty title="One of the two traces does not exist.">
        {ids.map((id, i) => loaded.data![i] === null &&
          <p key={i}>
            There is no call and no trace {id || '(no id)'} in {projects[i]}.
          </p>)}
        <a href={listPath(projectId)}>All traces</a>
      </Empty>
    );
  }
  return <Comparison left={left} right={right} projects={projects}
    place={place} />;
}

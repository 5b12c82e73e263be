// The list of traces, newest first unless sorted otherwise, live.
import type {ComponentChildren} from 'preact';
import {useLayoutEffect, useRef, useState} from 'preact/hooks';

import {ApiError, postJson, postLines, Project, Trace}
  from '../base/api';
import {cost, count, duration, plural, visible, when} from '../base/format';
import {Loaded, useKeys, useLater, useLoaded, useTitle} from '../base/hooks';
import {useChanges} from '../base/live';
import {callPath, opLabel, viewPath} from '../base/refs';
import {go, Place, withParams} from '../base/router';
import {Empty, ErrorNote, Loading, StatusIcon} from '../base/ui';
import {Rows} from '../base/virtual';
import {FilterBar} from './filters';
import {Filters, filtersOf, isFiltered, SortField, tracesBody} from './query';

const ROW_HEIGHT = 30;
const PAGE = 200;

// The one of the README.
const ANY_KEY = '0123456789abcdef0123456789abcdef01234567';

interface OpRow { op_name: string; name: string; }

function SortHead({field, filters, children, class: name}: {
  field: SortField,
  filters: Filters,
  children: ComponentChildren,
  class: string,
}) {
  const active = filters.sort === field;
  const next = active && filters.descending ? 'asc' : 'desc';
  return (
    <div role="columnheader" class={name}
      aria-sort={!active ? 'none' :
        filters.descending ? 'descending' : 'ascending'}>
      <button class="sort" onClick={() => {
        const sort = `${field}:${next}`;
        go(withParams({sort: sort === 'started_at:desc' ? null : sort}), true);
      }}>
        {children}
        <svg viewBox="0 0 8 8" aria-hidden="true"
          class={active ? 'sort-mark' : 'sort-mark sort-off'}>
          <path d={active && !filters.descending
            ? 'M4 2l3 4H1z' : 'M4 6L1 2h6z'} />
        </svg>
      </button>
    </div>
  );
}

function TraceRow({trace, index, selected, chosen, longest, withProject,
                   onSelect}: {
  trace: Trace,
  index: number,
  selected: boolean,
  chosen: boolean,
  longest: number,
  withProject: boolean,
  onSelect: () => void,
}) {
  const share = trace.latency_ms === null || longest <= 0
      ? 0 : Math.max(1, 100 * trace.latency_ms / longest);
  const name = visible(trace.name || opLabel(trace.op_name));
  return (
    <div role="row" id={`trace-${trace.id}`} aria-rowindex={index + 2}
      aria-selected={selected}
      class={`row trace-row ${selected ? 'selected' : ''} ` +
        (chosen ? 'chosen' : '')}
      onClick={onSelect}
      onDblClick={() => go(callPath(trace.project_id, trace.id))}>
      <div role="gridcell" class="c-status">
        <StatusIcon status={trace.status} />
      </div>
      <div role="gridcell" class="c-name">
        <a href={callPath(trace.project_id, trace.id)} tabIndex={-1}
          title={name.slice(0, 2000)}>{name}</a>
        {trace.exception
          ? <span class="row-error" title={trace.exception.slice(0, 2000)}>
            {visible(trace.exception)}
          </span>
          : trace.errors > 0 &&
            <span class="row-errors">
              {plural(trace.errors, 'error')} below
            </span>}
      </div>
      {withProject &&
        <div role="gridcell" class="c-project">{trace.project_id}</div>}
      <div role="gridcell" class="c-latency">
        <span class="meter" aria-hidden="true">
          <span style={{width: `${share}%`}} />
        </span>
        <span>{trace.ended_at ? duration(trace.latency_ms) : 'running'}</span>
      </div>
      <div role="gridcell" class="c-number">{count(trace.total_tokens)}</div>
      <div role="gridcell" class="c-number">{cost(trace.total_cost)}</div>
      <div role="gridcell" class="c-number">{count(trace.calls)}</div>
      <div role="gridcell" class="c-number c-feedback">
        {trace.feedback > 0 ? count(trace.feedback) : ''}
      </div>
      <div role="gridcell" class="c-when" title={trace.started_at}>
        {when(trace.started_at)}
      </div>
    </div>
  );
}

function NoTraces({filters, projectId}:
    {filters: Filters, projectId: string | null}) {
  if (isFiltered(filters)) {
    return <Empty title="No trace passes these filters." />;
  }
  return (
    <Empty title={projectId === null
      ? 'Nothing has been recorded yet.'
      : `Nothing has been recorded in ${projectId} yet.`}>
      <p>Point a Weave SDK here, and its traces appear at once:</p>
      <pre class="code">
        {`export WF_TRACE_SERVER_URL=${location.origin}\n` +
         `export WANDB_API_KEY=${ANY_KEY}   # any will do\n` +
         `export WANDB_BASE_URL=${location.origin}   # for Python`}
      </pre>
    </Empty>
  );
}

// Where people were in a list, by its address, so that they come back to the
// same place from a trace.
interface Whereabouts {
  limit: number;
  selectedId: string | null;
  top: number;
}
const left = new Map<string, Whereabouts>();

export function TraceList({projectId, place, projects}: {
  projectId: string | null,
  place: Place,
  projects: Loaded<{projects: Project[]}>,
}) {
  useTitle(projectId ?? 'Traces');
  const filters = filtersOf(place);
  const [back] = useState(() => left.get(place.search));
  const [limit, setLimit] = useState(back?.limit ?? PAGE);
  const startTop = useRef(back?.top);
  const filterKey = JSON.stringify([projectId, filters]);
  useLater(filterKey, () => {
    setLimit(PAGE);
    startTop.current = undefined;
  });

  // What there is to choose from; asked for when somebody is about to.
  const [choosing, setChoosing] = useState(false);
  const ops = useLoaded(choosing ? `ops ${projectId}` : null, signal =>
    postJson<{rows: OpRow[]}>('/_bobbin/stats', {
      by: 'op', limit: 500, ...(projectId === null ? {} :
        {project_id: projectId}),
    }, signal));
  const names = [...new Set(ops.data?.rows.map(row => row.name))].sort();

  const list = useLoaded(
      JSON.stringify([filterKey, limit]),
      signal => postLines<Trace>(
          '/_bobbin/traces/query',
          tracesBody(projectId, filters, limit, Date.now()), signal),
      true);
  useChanges(projectId, [list, projects]);

  const traces = list.data ?? [];
  const [selectedId, setSelectedId] = useState(back?.selectedId ?? null);
  const [chosen, setChosen] = useState<Trace[]>([]);
  const at = traces.findIndex(trace => trace.id === selectedId);
  const scroller = useRef<HTMLDivElement>(null);
  const here = useRef({search: '', limit, selectedId});
  here.current = {search: place.search, limit, selectedId};
  useLayoutEffect(() => () => {
    const {search, ...rest} = here.current;
    left.set(search, {...rest, top: scroller.current?.scrollTop ?? 0});
  }, []);
  const select = (index: number) => {
    const trace = traces[Math.max(0, Math.min(traces.length - 1, index))];
    if (trace) setSelectedId(trace.id);
  };
  const choose = (trace: Trace | undefined) => {
    if (!trace) return;
    setChosen(old => old.some(other => other.id === trace.id)
        ? old.filter(other => other.id !== trace.id)
        : [...old.slice(-1), trace]);
  };
  useKeys({
    '/': () => document.getElementById('search')?.focus(),
    'j': () => select(at + 1),
    'k': () => select(Math.max(0, at - 1)),
    'ArrowDown': () => select(at + 1),
    'ArrowUp': () => select(Math.max(0, at - 1)),
    'g': () => select(0),
    'G': () => select(traces.length - 1),
    'x': () => choose(traces[at]),
    'Escape': () => { setSelectedId(null); setChosen([]); },
    'Enter': () => {
      const trace = traces[at];
      if (trace) go(callPath(trace.project_id, trace.id));
    },
  });

  let longest = 0;
  for (const trace of traces) {
    longest = Math.max(longest, trace.latency_ms ?? 0);
  }
  const withProject = projectId === null;
  const badWhere = list.error instanceof ApiError &&
      list.error.status < 500 && filters.where !== '';
  const head = (
    <div role="row" class="row head-row trace-row" aria-rowindex={1}>
      <div role="columnheader" class="c-status" aria-label="Status" />
      <div role="columnheader" class="c-name">Trace</div>
      {withProject &&
        <div role="columnheader" class="c-project">Project</div>}
      <SortHead field="latency_ms" filters={filters} class="c-latency">
        Latency
      </SortHead>
      <SortHead field="total_tokens" filters={filters} class="c-number">
        Tokens
      </SortHead>
      <SortHead field="total_cost" filters={filters} class="c-number">
        Cost
      </SortHead>
      <SortHead field="calls" filters={filters} class="c-number">
        Calls
      </SortHead>
      <div role="columnheader" class="c-number c-feedback">Feedback</div>
      <SortHead field="started_at" filters={filters} class="c-when">
        Started
      </SortHead>
    </div>
  );
  return (
    <div class="view list-view">
      <h1 class="hidden">Traces</h1>
      <FilterBar filters={filters} ops={names} invalidWhere={badWhere}
        onChooseOp={() => setChoosing(true)} />
      {list.error && <ErrorNote error={list.error} retry={list.reload} />}
      {!list.data && !list.error && <Loading />}
      {list.data && traces.length === 0 && !list.error &&
        <NoTraces filters={filters} projectId={projectId} />}
      {traces.length > 0 && <Rows count={traces.length} rowHeight={ROW_HEIGHT}
        selected={at} selectedKey={selectedId} head={head} scroller={scroller}
        startTop={startTop.current}
        class={`traces ${withProject ? 'with-project' : ''}`}
        onEnd={() => {
          if (traces.length >= limit) setLimit(limit + PAGE);
        }}
        attributes={{
          'role': 'grid',
          'aria-label': 'Traces',
          'aria-rowcount': traces.length + 1,
          'aria-activedescendant': at < 0 ? undefined : `trace-${selectedId}`,
        }}
        render={index => {
          const trace = traces[index];
          return <TraceRow key={`${trace.project_id} ${trace.id}`}
            trace={trace} index={index} selected={index === at}
            chosen={chosen.some(other => other.id === trace.id)}
            longest={longest} withProject={withProject}
            onSelect={() => setSelectedId(trace.id)} />;
        }} />}
      <footer class="bar" aria-live="polite">
        {list.data && <span>
          {plural(traces.length, 'trace')}
          {traces.length >= limit ? ' or more' : ''}
          {projects.data && projectId === null
            ? ` in ${plural(projects.data.projects.length, 'project')}` : ''}
        </span>}
        <span class="grow" />
        {chosen.length === 1 &&
          <span>One chosen; choose another with x to compare</span>}
        {chosen.length === 2 &&
          <a class="button" href={
            `${viewPath(chosen[0].project_id, 'diff')}` +
            `?a=${encodeURIComponent(chosen[0].id)}` +
            `&b=${encodeURIComponent(chosen[1].id)}` +
            (chosen[1].project_id === chosen[0].project_id ? ''
              : `&project_b=${encodeURIComponent(chosen[1].project_id)}`)}>Compare two traces</a>}
      </footer>
    </div>
  );
}

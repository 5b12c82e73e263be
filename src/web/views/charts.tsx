// A project over time, and by op and model.
import {useMemo} from 'preact/hooks';

import {postJson} from '../base/api';
import {axisDuration, cost, count, duration, STEPS_MS} from '../base/format';
import {useLoaded, useTitle} from '../base/hooks';
import {useChanges} from '../base/live';
import {go, withParams} from '../base/router';
import {Empty, ErrorNote, Loading} from '../base/ui';
import {timeOf} from '../list/query';
import type {ViewProps} from '../main';
import {Plot} from './plot';

interface StatsRow {
  op_name?: string;
  model?: string;
  start?: string;
  name: string;
  calls: number;
  errors: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  total_tokens: number | null;
  total_cost: number | null;
}

// Name, how long, and the width of a bucket in seconds.
const RANGES: Record<string, [string, number]> = {
  '1h': ['Last hour', 60],
  '24h': ['Last 24 hours', 900],
  '7d': ['Last 7 days', 7200],
  '30d': ['Last 30 days', 28_800],
};

const MAX_ROWS = 200;

// What is shown to those who have not chosen: the last day, but of a project
// that is younger than an hour that hour.
const DAY = '24h';
const HOUR = '1h';

function statsOverTime(projectId: string, range: string, now: number,
                       signal: AbortSignal): Promise<StatsRow[]> {
  return stats({
    project_id: projectId, since: timeOf(range, now), by: 'time',
    bucket_s: RANGES[range][1],
  }, signal);
}

async function stats(body: object, signal: AbortSignal): Promise<StatsRow[]> {
  const {rows} = await postJson<{rows: StatsRow[]}>(
      '/_bobbin/stats', body, signal);
  return rows;
}

// One place for each bucket, also where nothing happened.
function onAxis(rows: StatsRow[], since: string, until: number,
                bucketS: number) {
  const first = Math.floor(Date.parse(since) / 1000 / bucketS) * bucketS;
  const byStart = new Map(rows.map(
      row => [Math.round(Date.parse(row.start ?? '') / 1000), row]));
  const starts: number[] = [];
  const found: (StatsRow | undefined)[] = [];
  for (let at = first; at <= until; at += bucketS) {
    starts.push(at);
    found.push(byStart.get(at));
  }
  return {starts, found};
}

function Table({rows, title}: {rows: StatsRow[], title: string}) {
  return (
    <table class="plain stats-table">
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col" class="number">Calls</th>
          <th scope="col" class="number">Errors</th>
          <th scope="col" class="number">p50</th>
          <th scope="col" class="number">p95</th>
          <th scope="col" class="number">p99</th>
          <th scope="col" class="number">Tokens in</th>
          <th scope="col" class="number">Tokens out</th>
          <th scope="col" class="number">Cost</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.op_name ?? row.model ?? row.name}>
            <th scope="row">
              <span class="cut-name"
                title={(row.op_name ?? row.name ?? row.model)?.slice(0, 2000)}>
                {row.name ?? row.model}
              </span>
            </th>
            <td class="number">{count(row.calls)}</td>
            <td class={`number ${row.errors ? 'has-errors' : ''}`}>
              {count(row.errors)}
            </td>
            <td class="number">{duration(row.p50_ms)}</td>
            <td class="number">{duration(row.p95_ms)}</td>
            <td class="number">{duration(row.p99_ms)}</td>
            <td class="number">{count(row.prompt_tokens)}</td>
            <td class="number">{count(row.completion_tokens)}</td>
            <td class="number">{cost(row.total_cost)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const percent = (value: number) => `${Math.round(value * 10) / 10}%`;

export function View({projectId, place}: ViewProps) {
  useTitle('Charts');
  const wanted = place.params.get('since') ?? '';
  const chosen = RANGES[wanted] ? wanted : null;
  const loaded = useLoaded(`charts ${projectId} ${chosen}`, async signal => {
    const now = Date.now();
    let range = chosen ?? DAY;
    let time = await statsOverTime(projectId, range, now, signal);
    if (chosen === null && time.length > 0 && time.every(
        ({start}) => Date.parse(start!) >= Date.parse(timeOf(HOUR, now)))) {
      range = HOUR;
      time = await statsOverTime(projectId, range, now, signal);
    }
    const since = timeOf(range, now);
    const body = {project_id: projectId, since, limit: MAX_ROWS};
    const [ops, models] = await Promise.all([
      stats({...body, by: 'op'}, signal),
      stats({...body, by: 'model'}, signal),
    ]);
    const axis = onAxis(time, since, now / 1000, RANGES[range][1]);
    const priced = time.some(row => row.total_cost !== null);
    return {...axis, range, ops, models, priced};
  });
  useChanges(projectId, [loaded]);
  const plots = useMemo(() => {
    const found = loaded.data?.found ?? [];
    const of = (key: keyof StatsRow, empty: number | null) =>
      found.map(row => (row?.[key] as number | null | undefined) ?? empty);
    return {
      latency: [
        {label: 'p99', color: '--error', values: of('p99_ms', null)},
        {label: 'p95', color: '--running', values: of('p95_ms', null)},
        {label: 'p50', color: '--accent', values: of('p50_ms', null)},
      ],
      calls: [{label: 'calls', color: '--accent', values: of('calls', 0)}],
      errors: [{
        label: 'errors',
        color: '--error',
        values: found.map(row =>
          row ? 100 * row.errors / Math.max(1, row.calls) : null),
      }],
      tokens: [
        {label: 'in', color: '--accent', values: of('prompt_tokens', 0)},
        {label: 'out', color: '--word', values: of('completion_tokens', 0)},
      ],
      cost: [{label: 'cost', color: '--success', values: of('total_cost', 0)}],
    };
  }, [loaded.data]);
  if (loaded.error) {
    return <ErrorNote error={loaded.error} retry={loaded.reload} />;
  }
  const {data} = loaded;
  return (
    <div class="page charts">
      <div class="page-head">
        <h1>Charts</h1>
        <select aria-label="Time" value={chosen ?? data?.range ?? DAY}
          onChange={event => go(withParams(
              {since: event.currentTarget.value}), true)}>
          {Object.entries(RANGES).map(([id, [label]]) =>
            <option key={id} value={id}>{label}</option>)}
        </select>
      </div>
      {!data && <Loading />}
      {data && data.ops.length === 0 &&
        <Empty title="Nothing was recorded in this time." />}
      {data && data.ops.length > 0 && <>
        <div class="plots">
          <Plot title="Latency" starts={data.starts} series={plots.latency}
            format={axisDuration} steps={STEPS_MS} />
          <Plot title="Calls" starts={data.starts} series={plots.calls}
            format={count} />
          <Plot title="Errors, per cent of calls" starts={data.starts}
            series={plots.errors} format={percent} />
          <Plot title="Tokens" starts={data.starts} series={plots.tokens}
            format={count} />
          {data.priced
            ? <Plot title="Cost" starts={data.starts} series={plots.cost}
              format={cost} />
            : <figure class="plot">
              <figcaption>Cost</figcaption>
              <p class="muted plot-empty">
                No prices are known for what was used.
              </p>
            </figure>}
        </div>
        <Table rows={data.ops} title="Op" />
        {data.models.length > 0 && <Table rows={data.models} title="Model" />}
      </>}
    </div>
  );
}

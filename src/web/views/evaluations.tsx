// Evaluations, and several of them side by side.
import type {Call} from '../base/api';
import {count, duration, plural, exceptionReason, when} from '../base/format';
import {Loaded, useLoaded, useTitle} from '../base/hooks';
import {useChanges} from '../base/live';
import {callPath, refPath} from '../base/refs';
import {go, Place, withParams} from '../base/router';
import {Empty, ErrorNote, Loading, StatusIcon} from '../base/ui';
import type {ViewProps} from '../main';
import {evaluationName, ExampleRow, leaves, loadEvaluations, loadExamples,
  loadVersions, modelRef, Trial, versionOf, Versions} from './eval_data';

const LIMIT = 200;
const MAX_COMPARED = 5;
const MAX_EXAMPLES = 2000;  // calls
const CELL = 240;

function number(value: number): string {
  if (Number.isInteger(value)) return count(value);
  return Math.abs(value) < 0.001
      ? value.toExponential(2) : value.toFixed(3).replace(/\.?0+$/, '');
}

function short(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > CELL ? `${text.slice(0, CELL)}…` : text;
}

function modelName(call: Call, versions: Versions | undefined): string {
  const ref = modelRef(call);
  return ref ? `${ref.id} ${versionOf(ref, versions)}`.trim()
    : short(call.inputs.model).slice(0, 60);
}

function ModelLink({call, versions}:
    {call: Call, versions: Versions | undefined}) {
  const ref = modelRef(call);
  const href = ref && refPath(ref);
  const name = modelName(call, versions);
  return href ? <a href={href}>{name}</a> : <span>{name}</span>;
}

// Scores as the evaluation summed them up: a row each, a column for each
// evaluation, and how far the others are from the first.
function SummaryTable({calls}: {calls: Call[]}) {
  const columns = calls.map(call => leaves(call.output));
  const paths = [...new Set(columns.flatMap(column => [...column.keys()]))];
  if (paths.length === 0) return null;
  return (
    <table class="plain compare summary">
      <thead>
        <tr>
          <th scope="col">Summary</th>
          {calls.map((call, i) => (
            <th key={call.id} scope="col" class="number">
              <span class="column-mark">{String.fromCharCode(65 + i)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {paths.map(path => {
          const first = columns[0].get(path);
          return (
            <tr key={path}>
              <th scope="row">{path}</th>
              {columns.map((column, i) => {
                const value = column.get(path);
                const change = i > 0 && typeof value === 'number' &&
                    typeof first === 'number' && value !== first
                    ? value - first : null;
                return (
                  <td key={i} class="number">
                    {change !== null && <span class="muted">
                      {change > 0 ? '+' : '−'}{number(Math.abs(change))}{' '}
                    </span>}
                    {typeof value === 'number' ? number(value)
                      : String(value ?? '')}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Score({name, value}: {name: string, value: unknown}) {
  const rows = [...leaves(value)];
  if (rows.length === 0) {
    return <span class="score">{name} {short(value)}</span>;
  }
  return (
    <>
      {rows.map(([path, leaf]) => (
        <span key={path} class={typeof leaf === 'boolean'
          ? `score ${leaf ? 'score-pass' : 'score-fail'}` : 'score'}>
          {path ? `${name}.${path}` : name}{' '}
          {typeof leaf === 'boolean' ? (leaf ? 'pass' : 'fail') : number(leaf)}
        </span>
      ))}
    </>
  );
}

function TrialCell({trials, projectId}:
    {trials: Trial[], projectId: string}) {
  const [trial] = trials;
  if (!trial) return <td class="muted">none</td>;
  return (
    <td>
      <a class="trial-output" href={callPath(projectId, trial.call.id)}>
        {trial.call.exception
          ? exceptionReason(trial.call.exception).slice(0, CELL)
          : short(trial.output) || 'no output'}
      </a>
      <div class="scores">
        {Object.entries(trial.scores).map(([name, value]) =>
          <Score key={name} name={name} value={value} />)}
        {trial.latencyS !== null && <span class="score">
          {duration(trial.latencyS * 1000)}
        </span>}
        {trials.length > 1 &&
          <span class="muted">1 of {trials.length} trials</span>}
      </div>
    </td>
  );
}

function Examples({rows, calls, versions, projectId}: {
  rows: ExampleRow[],
  calls: Call[],
  versions: Versions | undefined,
  projectId: string,
}) {
  return (
    <table class="plain compare examples">
      <thead>
        <tr>
          <th scope="col">Example</th>
          {calls.map((call, i) => (
            <th key={call.id} scope="col">
              <span class="column-mark">{String.fromCharCode(65 + i)}</span>
              {' '}{evaluationName(call)}
              {' '}<span class="muted">{modelName(call, versions)}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.key}>
            <th scope="row" class="example">{short(row.value)}</th>
            {row.trials.map((trials, i) => (
              <TrialCell key={i} trials={trials} projectId={projectId} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Compared({projectId, calls, versions, examples}: {
  projectId: string,
  calls: Call[],
  versions: Versions | undefined,
  examples: Loaded<ExampleRow[]>,
}) {
  return (
    <section class="compared" aria-label="Comparison">
      <SummaryTable calls={calls} />
      {examples.error && <ErrorNote error={examples.error} />}
      {!examples.data && !examples.error && <Loading />}
      {examples.data && <Examples rows={examples.data} calls={calls}
        versions={versions} projectId={projectId} />}
    </section>
  );
}

function chosenIds(place: Place): string[] {
  return (place.params.get('ids') ?? '').split(',').filter(id => id !== '');
}

export function View({projectId, place}: ViewProps) {
  useTitle('Evaluations');
  const list = useLoaded(`evaluations ${projectId}`, signal =>
    loadEvaluations(projectId, LIMIT, signal));
  const models = [...new Set((list.data ?? []).map(modelRef)
      .filter(ref => ref?.projectId === projectId).map(ref => ref!.id))].sort();
  const versions = useLoaded(
      models.length ? `versions ${projectId} ${models.join()}` : null,
      signal => loadVersions(projectId, models, signal), true);
  const ids = chosenIds(place);
  const byId = new Map((list.data ?? []).map(call => [call.id, call]));
  const chosen = ids.map(id => byId.get(id))
      .filter(call => call !== undefined);
  const found = chosen.map(call => call.id);
  const examples = useLoaded(
      found.length ? `examples ${projectId} ${found.join()}` : null,
      signal => loadExamples(projectId, found, MAX_EXAMPLES * found.length,
                             signal));
  useChanges(projectId, [list, versions, examples]);
  if (list.error) return <ErrorNote error={list.error} retry={list.reload} />;
  if (!list.data) return <Loading />;
  if (list.data.length === 0) {
    return <Empty title={`No evaluation has run in ${projectId} yet.`} />;
  }
  const toggle = (id: string) => go(withParams({
    ids: (ids.includes(id) ? ids.filter(other => other !== id)
      : [...ids, id].slice(-MAX_COMPARED)).join(',') || null,
  }), true);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Evaluations</h1>
        <span class="muted">
          {plural(list.data.length, 'evaluation')};
          choose up to {MAX_COMPARED} to see them side by side
        </span>
      </div>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col"><span class="hidden">Compare</span></th>
            <th scope="col">Evaluation</th>
            <th scope="col">Model</th>
            <th scope="col" class="number">Time</th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {list.data.map(call => {
            const at = ids.indexOf(call.id);
            return (
              <tr key={call.id} class={at >= 0 ? 'chosen' : ''}>
                <td class="check">
                  <input type="checkbox" checked={at >= 0}
                    aria-label={`Compare ${evaluationName(call)}, ` +
                      modelName(call, versions.data)}
                    onChange={() => toggle(call.id)} />
                  {at >= 0 && <span class="column-mark">
                    {String.fromCharCode(65 + at)}
                  </span>}
                </td>
                <th scope="row">
                  <span class="with-status">
                    <StatusIcon
                      status={call.summary?.weave?.status ?? 'running'} />
                    <a class="cut-name" href={callPath(projectId, call.id)}>
                      {evaluationName(call)}
                    </a>
                  </span>
                </th>
                <td><ModelLink call={call} versions={versions.data} /></td>
                <td class="number">{call.ended_at
                  ? duration(call.summary?.weave?.latency_ms) : 'running'}</td>
                <td>{when(call.started_at)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {chosen.length > 0 &&
        <Compared projectId={projectId} calls={chosen}
          versions={versions.data} examples={examples} />}
    </div>
  );
}

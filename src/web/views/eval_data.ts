// Evaluations as the SDKs record them: a call of Evaluation.evaluate, and
// below it one call of Evaluation.predict_and_score for each example and
// trial.
import {Call, postJson, queryCalls} from '../base/api';
import {parseRef} from '../base/refs';

export interface Trial {
  call: Call;
  output: unknown;
  scores: Record<string, unknown>;
  latencyS: number | null;
}

export interface ExampleRow {
  key: string;
  example: unknown;  // as recorded: often a ref to a row of a dataset
  value: unknown;  // what it refers to
  // By evaluation, in the order asked for.
  trials: Trial[][];
}

export function evaluationFilter(projectId: string) {
  return {op_names: [
    'Evaluation.evaluate', `weave:///${projectId}/op/Evaluation.evaluate:*`,
  ]};
}

const COLUMNS = ['inputs', 'output', 'summary', 'exception', 'display_name',
                 'ended_at', 'parent_id'];

export function loadEvaluations(projectId: string, limit: number,
                                signal: AbortSignal): Promise<Call[]> {
  return queryCalls(projectId, {
    filter: evaluationFilter(projectId),
    sort_by: [{field: 'started_at', direction: 'desc'}],
    limit,
  }, COLUMNS, signal);
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown> : {};
}

// Examples are the same when they are the same row of a dataset, or else when
// they have the same value.
function exampleKey(example: unknown): string {
  if (typeof example === 'string') {
    const row = /\/id\/([^/]+)$/.exec(example);
    if (row) return row[1];
  }
  return JSON.stringify(example) ?? '';
}

function trialOf(call: Call): Trial {
  const output = asObject(call.output);
  const latency = output.model_latency;
  return {
    call,
    output: 'output' in output ? output.output : output.model_output,
    scores: asObject(output.scores),
    latencyS: typeof latency === 'number' ? latency
        : typeof asObject(latency).mean === 'number'
          ? asObject(latency).mean as number : null,
  };
}

export async function loadExamples(projectId: string, ids: string[],
                                   limit: number, signal: AbortSignal)
    : Promise<ExampleRow[]> {
  const calls = await queryCalls(projectId, {
    filter: {parent_ids: ids},
    limit,
  }, COLUMNS, signal);
  const rows = new Map<string, ExampleRow>();
  for (const call of calls) {
    const name = parseRef(call.op_name)?.id ?? call.op_name;
    if (!/predict_?and_?score/i.test(name)) continue;
    const {example} = call.inputs;
    const key = exampleKey(example);
    let row = rows.get(key);
    if (!row) {
      row = {key, example, value: example, trials: ids.map(() => [])};
      rows.set(key, row);
    }
    row.trials[ids.indexOf(call.parent_id ?? '')]?.push(trialOf(call));
  }
  const list = [...rows.values()];
  await followRefs(list, signal);
  return list;
}

const MAX_REFS = 1000;  // in one request

async function followRefs(rows: ExampleRow[], signal: AbortSignal) {
  const refs = rows.filter(({example}) =>
    typeof example === 'string' && parseRef(example));
  for (let i = 0; i < refs.length; i += MAX_REFS) {
    const some = refs.slice(i, i + MAX_REFS);
    const {vals} = await postJson<{vals: unknown[]}>(
        '/refs/read_batch', {refs: some.map(row => row.example)}, signal);
    some.forEach((row, k) => { row.value = vals[k] ?? row.example; });
  }
}

// The numbers and truths in a value, by path.
export function leaves(value: unknown, path = '',
                       into: Map<string, number | boolean> = new Map()) {
  if (typeof value === 'number' || typeof value === 'boolean') {
    into.set(path, value);
  } else if (typeof value === 'object' && value !== null &&
      !Array.isArray(value)) {
    for (const [key, inside] of Object.entries(value)) {
      leaves(inside, path ? `${path}.${key}` : key, into);
    }
  }
  return into;
}

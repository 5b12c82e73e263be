// Evaluations as the SDKs record them: a call of Evaluation.evaluate, and
// below it one call of Evaluation.predict_and_score for each example and
// trial.
import {ApiError, Call, Obj, postJson, queryCalls} from '../base/api';
import {visible} from '../base/format';
import {parseRef, Ref} from '../base/refs';
import {nameOf} from '../trace/model';

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

// What people called the evaluation: the run, or else the object.
export function evaluationName(call: Call): string {
  if (call.display_name || call.summary?.weave?.display_name) {
    return nameOf(call);
  }
  const self = call.inputs.self ?? call.inputs.this;
  const name = typeof self === 'string'
      ? parseRef(self)?.id : asObject(self).name;
  return typeof name === 'string' && name ? visible(name) : nameOf(call);
}

export function modelRef(call: Call): Ref | null {
  const {model} = call.inputs;
  return typeof model === 'string' ? parseRef(model) : null;
}

// By name and digest, which version of its object each model is.
export type Versions = Map<string, number>;

export function versionOf(ref: Ref, versions: Versions | undefined): string {
  const index = versions?.get(`${ref.id}:${ref.digest}`);
  return index === undefined ? ref.digest.slice(0, 6) : `v${index}`;
}

export async function loadVersions(projectId: string, names: string[],
                                   signal: AbortSignal): Promise<Versions> {
  const {objs} = await postJson<{objs: Obj[]}>('/objs/query', {
    project_id: projectId,
    filter: {object_ids: names},
    metadata_only: true,
  }, signal);
  return new Map(objs.map(
      obj => [`${obj.object_id}:${obj.digest}`, obj.version_index]));
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

// They are not asked for again with each change.
const unreadable = new Set<unknown>();

// One ref that cannot be read fails all of a request: it is found by halves.
async function readRefs(rows: ExampleRow[], signal: AbortSignal)
    : Promise<void> {
  if (rows.length === 0) return;
  try {
    const {vals} = await postJson<{vals: unknown[]}>(
        '/refs/read_batch', {refs: rows.map(row => row.example)}, signal);
    rows.forEach((row, i) => { row.value = vals[i] ?? row.example; });
  } catch (error) {
    const {status} = error instanceof ApiError ? error : {status: 0};
    if (status < 400 || status >= 500) throw error;
    if (rows.length === 1) {
      unreadable.add(rows[0].example);
      return;
    }
    const half = Math.ceil(rows.length / 2);
    await readRefs(rows.slice(0, half), signal);
    await readRefs(rows.slice(half), signal);
  }
}

// A ref that cannot be read stays what is shown of its example.
async function followRefs(rows: ExampleRow[], signal: AbortSignal) {
  const refs = rows.filter(({example}) => {
    // Of a table or a call there is nothing to be read there.
    const ref = typeof example === 'string' ? parseRef(example) : null;
    return (ref?.kind === 'object' || ref?.kind === 'op') &&
        !unreadable.has(example);
  });
  for (let i = 0; i < refs.length; i += MAX_REFS) {
    await readRefs(refs.slice(i, i + MAX_REFS), signal);
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

// Loading a trace, and loading it again no more often than is of use.
import {linesOf, postJson, postText, queryCalls} from '../base/api';
import {buildTrace, TraceModel} from './model';

const COLUMNS = ['parent_id', 'thread_id', 'ended_at', 'display_name',
                 'exception', 'summary'];

// Of larger traces it is first asked whether anything has come or ended. What
// else changes in them is seen within this time.
const LARGE = 1000;
const WHOLE_MS = 10_000;

export interface LoadedTrace {
  projectId: string;
  traceId: string;
  text: string;  // as it was sent
  model: TraceModel;
  atMs: number;  // performance.now() before it was loaded whole
  againMs: number;  // 0, or in what time to look whether all is still the same
}

async function countCalls(projectId: string, traceId: string,
                          query: object | undefined, signal: AbortSignal) {
  const {count} = await postJson<{count: number}>('/calls/query_stats', {
    project_id: projectId, filter: {trace_ids: [traceId]}, query,
  }, signal);
  return count;
}

const OPEN = {$expr: {$eq: [{$getField: 'ended_at'}, {$literal: null}]}};

async function looksSame({projectId, traceId, model}: LoadedTrace,
                         signal: AbortSignal): Promise<boolean> {
  const [all, open] = await Promise.all([undefined, OPEN].map(
      query => countCalls(projectId, traceId, query, signal)));
  return all === model.all.length && open === model.open;
}

// The model of what was loaded `before` is given back if nothing of it has
// changed.
export async function loadTrace(projectId: string, id: string,
                                byTrace: boolean, before: LoadedTrace | null,
                                signal: AbortSignal)
    : Promise<LoadedTrace | null> {
  const isIt = before?.projectId === projectId &&
      (byTrace ? before.traceId === id : before.model.byId.has(id));
  if (isIt && before.model.all.length > LARGE) {
    const againMs = before.atMs + WHOLE_MS - performance.now();
    if (againMs > 0 && await looksSame(before, signal)) {
      return {...before, againMs};
    }
  }
  const atMs = performance.now();
  let traceId = id;
  if (!byTrace) {
    const [call] = await queryCalls(
        projectId, {filter: {call_ids: [id]}}, ['trace_id'], signal);
    if (!call) return null;
    traceId = call.trace_id;
  }
  const text = await postText('/calls/stream_query', {
    project_id: projectId,
    columns: COLUMNS,
    filter: {trace_ids: [traceId]},
    sort_by: [],
  }, signal);
  if (!text) return null;
  const model = text === before?.text
      ? before.model : buildTrace(linesOf(text));
  return {projectId, traceId, text, model, atMs, againMs: 0};
}

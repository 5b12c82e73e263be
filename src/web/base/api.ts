// bobbin's HTTP API, as the page uses it.

export class ApiError extends Error {
  constructor(readonly status: number, message: string) { super(message); }
}

// What an error body says, in one sentence.
function reasonOf(status: number, text: string): string {
  try {
    const body = JSON.parse(text);
    if (typeof body.reason === 'string') return body.reason;
    if (typeof body.detail === 'string') return body.detail;
    if (Array.isArray(body.detail)) {
      return body.detail
          .map((row: {loc?: unknown[], msg?: string}) =>
            `${(row.loc ?? []).slice(1).join('.')}: ${row.msg ?? ''}`)
          .join('; ');
    }
  } catch {
    // Not JSON: the status has to do.
  }
  return `The server answered ${status}.`;
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, 'bobbin does not answer. Is it still running?');
  }
  if (!response.ok) {
    throw new ApiError(response.status,
                       reasonOf(response.status, await response.text()));
  }
  return response;
}

function post(path: string, body: unknown, signal?: AbortSignal) {
  return answer(path, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
    signal,
  });
}

export async function getJson<T>(path: string, signal?: AbortSignal) {
  return await (await answer(path, {signal})).json() as T;
}

export async function postJson<T>(path: string, body: unknown,
                                  signal?: AbortSignal): Promise<T> {
  return await (await post(path, body, signal)).json() as T;
}

export async function postText(path: string, body: unknown,
                               signal?: AbortSignal): Promise<string> {
  return await (await post(path, body, signal)).text();
}

// The rows of an answer of one JSON value a line.
export async function postLines<T>(path: string, body: unknown,
                                   signal?: AbortSignal): Promise<T[]> {
  return linesOf(await postText(path, body, signal));
}

export function linesOf<T>(text: string): T[] {
  const rows: T[] = [];
  for (const line of text.split('\n')) if (line) rows.push(JSON.parse(line));
  return rows;
}

export async function fileContent(projectId: string, digest: string,
                                  signal?: AbortSignal): Promise<Blob> {
  const response = await post(
      '/file/content', {project_id: projectId, digest}, signal);
  return await response.blob();
}

// --- records ---------------------------------------------------------------

export interface Project {
  project_id: string;
  calls: number;
  roots: number;
  last_started_at: string | null;
}

export type Status = 'success' | 'error' | 'running' | 'descendant_error';

// One trace, by its root.
export interface Trace {
  project_id: string;
  id: string;
  trace_id: string;
  op_name: string;
  name: string;
  started_at: string;
  ended_at: string | null;
  status: Status;
  latency_ms: number | null;
  calls: number;
  errors: number;
  open: number;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  total_tokens: number | null;
  total_cost: number | null;
  feedback: number;
  thread_id: string | null;
  exception: string | null;
}

export interface Usage {
  prompt_tokens?: number | null;
  input_tokens?: number | null;
  completion_tokens?: number | null;
  output_tokens?: number | null;
  total_tokens?: number | null;
  requests?: number | null;
  [more: string]: unknown;
}

export interface Cost {
  prompt_tokens_total_cost?: number | null;
  completion_tokens_total_cost?: number | null;
  [more: string]: unknown;
}

// The costs of models together; null if no price of theirs is known.
export function totalCost(models: Record<string, Cost> | undefined)
    : number | null {
  const known = Object.values(models ?? {}).flatMap(row =>
    [row.prompt_tokens_total_cost, row.completion_tokens_total_cost]
        .filter(cost => typeof cost === 'number'));
  return known.length ? known.reduce((sum, cost) => sum + cost, 0) : null;
}

export interface Summary {
  usage?: Record<string, Usage>;
  status_counts?: Record<string, number>;
  weave?: {
    status?: Status;
    latency_ms?: number;
    trace_name?: string;
    display_name?: string;
    costs?: Record<string, Cost>;
  };
  [more: string]: unknown;
}

export interface Call {
  id: string;
  project_id: string;
  op_name: string;
  display_name: string | null;
  trace_id: string;
  parent_id: string | null;
  thread_id: string | null;
  turn_id: string | null;
  started_at: string;
  ended_at: string | null;
  exception: string | null;
  inputs: Record<string, unknown>;
  attributes: Record<string, unknown>;
  output: unknown;
  summary: Summary | null;
  wb_user_id: string | null;
}

export interface Obj {
  project_id: string;
  object_id: string;
  digest: string;
  created_at: string;
  version_index: number;
  is_latest: number;
  kind: 'op' | 'object';
  base_object_class: string | null;
  leaf_object_class: string | null;
  val: unknown;
}

export interface Feedback {
  id: string;
  weave_ref: string;
  creator: string | null;
  created_at: string;
  feedback_type: string;
  payload: Record<string, unknown>;
}

// The rows of `fields.project_id` for which the field has the value.
export function equals(field: string, value: unknown) {
  return {$expr: {$eq: [{$getField: field}, {$literal: value}]}};
}

// The calls of a query; `columns` says which of their large fields to send.
export function queryCalls(projectId: string, query: object, columns: string[],
                           signal?: AbortSignal): Promise<Call[]> {
  return postLines('/calls/stream_query',
                   {project_id: projectId, columns, ...query}, signal);
}

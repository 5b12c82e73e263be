// Calls in short, sent as an SDK would send them.

export const EPOCH_MS = Date.now() - 3600_000;

export function isoTime(ms) {
  return new Date(EPOCH_MS + ms).toISOString();
}

// `calls`: {id, trace_id, parent_id, op_name, startMs, endMs, inputs, output,
// exception, usage, attributes, ...}; without endMs a call is still running.
export async function callBatch(api, projectId, calls) {
  const batch = [];
  for (const call of calls) {
    const {startMs, endMs, output, exception, usage, ...start} = call;
    batch.push({mode: 'start', req: {start: {
      project_id: projectId,
      inputs: {},
      attributes: {},
      ...start,
      started_at: isoTime(startMs),
    }}});
    if (endMs === undefined) continue;
    batch.push({mode: 'end', req: {end: {
      project_id: projectId,
      id: call.id,
      ended_at: isoTime(endMs),
      output: output ?? null,
      exception: exception ?? null,
      summary: usage ? {usage} : {},
    }}});
  }
  const response = await fetch(`${api.url}/call/upsert_batch`, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({batch}),
  });
  if (response.status !== 200) throw new Error(await response.text());
}

// A version of an object.
export async function publish(api, projectId, objectId, val) {
  await api.post('/obj/create', {
    project_id: undefined,  // only within `obj`
    obj: {project_id: projectId, object_id: objectId, val},
  });
}

// One trace of `count` calls: a root with steps, each with a few calls of
// their own, one in a hundred of them failed.
export function bigTrace(count, traceId = 'big') {
  const calls = [{
    id: `${traceId}-0`, trace_id: traceId, op_name: 'nightly_run', startMs: 0,
    endMs: count * 2 + 10, output: 'done',
  }];
  let parent = calls[0].id;
  for (let i = 1; i < count; ++i) {
    const isStep = i % 20 === 1;
    if (isStep) parent = calls[0].id;
    calls.push({
      id: `${traceId}-${i}`,
      trace_id: traceId,
      parent_id: parent,
      op_name: isStep ? 'step' : `work_${i % 7}`,
      startMs: i * 2,
      endMs: isStep ? Math.min(count, i + 20) * 2 : i * 2 + 1 + i % 3,
      output: i,
      exception: i % 100 === 50 ? `ValueError: number ${i} is bad` : undefined,
    });
    if (isStep) parent = `${traceId}-${i}`;
  }
  return calls;
}

// Calls as a program asks for them: the filters of getCalls, and what the
// SDK's generated client sends beyond those.
import assert from 'node:assert/strict';

import {opName} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

// Three traces of `run`, each with two calls of `step` below it; the last step
// of the last trace fails.
async function threeTraces({weave, flush}) {
  const step = weave.op(async function step(run, n) {
    if (run === 3 && n === 2) throw new RangeError('too far');
    return {n, half: n / 2, words: ['a', `run ${run}`], 'dotted.key': run};
  }, {parameterNames: ['run', 'n']});
  const run = weave.op(async function run(number, mood) {
    await step(number, 1);
    await step(number, 2).catch(() => null);
    return mood;
  }, {parameterNames: ['number', 'mood']});
  for (const [number, mood] of [[1, 'Gut'], [2, null], [3, 'schön']]) {
    await weave.withAttributes({env: {stage: `s${number}`}},
                               () => run(number, mood));
  }
  await flush();
  return {step: (await step.__savedRef).uri(), run: (await run.__savedRef).uri()};
}

const nameOf = call => opName(call) === 'run' ? `run ${call.inputs.number}` :
    `step ${call.inputs.run}.${call.inputs.n}`;

const ALL = [
  'run 1', 'step 1.1', 'step 1.2', 'run 2', 'step 2.1', 'step 2.2',
  'run 3', 'step 3.1', 'step 3.2',
];

sdkTest('every filter of getCalls finds what it says', async sdk => {
  const {client} = sdk;
  const ops = await threeTraces(sdk);
  const all = await client.getCalls();
  assert.deepEqual(all.map(nameOf), ALL);
  const second = all[3];
  const anyVersion = ref => ref.replace(/:[^:]*$/, ':*');
  const rows = [
    [{}, ALL],
    [{op_names: null, call_ids: [], trace_roots_only: false}, ALL],
    [{op_names: [ops.run]}, ['run 1', 'run 2', 'run 3']],
    [{op_names: [anyVersion(ops.run)]}, ['run 1', 'run 2', 'run 3']],
    [{op_names: [ops.run, anyVersion(ops.step)]}, ALL],
    [{op_names: ['run']}, []],
    [{parent_ids: [second.id]}, ['step 2.1', 'step 2.2']],
    [{trace_ids: [second.trace_id]}, ['run 2', 'step 2.1', 'step 2.2']],
    [{trace_ids: [second.trace_id, all[0].trace_id], trace_roots_only: true},
     ['run 1', 'run 2']],
    [{call_ids: [all[8].id, all[0].id, 'unknown']}, ['run 1', 'step 3.2']],
    [{trace_roots_only: true}, ['run 1', 'run 2', 'run 3']],
    [{trace_roots_only: true, op_names: [ops.step]}, []],
    [{input_refs: [ops.run]}, []],
    [{wb_user_ids: ['local']}, ALL],
    [{wb_user_ids: ['somebody']}, []],
    [{wb_run_ids: ['some-run']}, []],
  ];
  for (const [filter, expected] of rows) {
    const found = await client.getCalls(filter);
    assert.deepEqual(found.map(nameOf), expected, JSON.stringify(filter));
  }
});

sdkTest('getCallsIterator yields call by call, up to its limit', async sdk => {
  const {client} = sdk;
  await threeTraces(sdk);

  const seen = [];
  for await (const call of client.getCallsIterator({}, true, 5)) {
    seen.push(nameOf(call));
  }

  assert.deepEqual(seen, ALL.slice(0, 5));
});

sdkTest('getCalls reads 1,000 calls unless it is told otherwise',
        async sdk => {
  const {weave, client, flush} = sdk;
  const note = weave.op(async function note(n) { return 'ü'.repeat(n % 90); },
                        {parameterNames: ['n']});
  await Promise.all(Array.from({length: 1200}, (_, n) => note(n)));
  await flush();

  assert.equal((await client.getCalls()).length, 1000);
  const all = await client.getCalls({}, false, 5000);
  assert.equal(new Set(all.map(call => call.id)).size, 1200);
  for (const {inputs, output} of all) {
    assert.equal(output.length, inputs.n % 90);
  }
});

// A request of the generated client, and the calls that answer it.
async function stream({client, projectId}, query) {
  const response =
      await client.traceServerApi.calls.callsQueryStreamCallsStreamQueryPost(
          {project_id: projectId, ...query});
  return (await response.text()).trim().split('\n').filter(line => line)
      .map(line => JSON.parse(line));
}

const field = name => ({$getField: name});
const literal = value => ({$literal: value});
const eq = (name, value) => ({$eq: [field(name), literal(value)]});

sdkTest('the query language finds calls through the generated client',
        async sdk => {
  const {client, projectId} = sdk;
  const ops = await threeTraces(sdk);
  const rows = [
    [eq('inputs.n', 2), ['step 1.2', 'step 2.2', 'step 3.2']],
    [eq('output.half', 0.5), ['step 1.1', 'step 2.1', 'step 3.1']],
    [eq('output.words.1', 'run 2'), ['step 2.1', 'step 2.2']],
    [eq('output.dotted\\.key', 3), ['step 3.1']],
    [eq('output', 'schön'), ['run 3']],
    [eq('attributes.env.stage', 's2'), ['run 2', 'step 2.1', 'step 2.2']],
    [eq('exception', 'too far'), ['step 3.2']],
    [eq('summary.weave.status', 'error'), ['step 3.2']],
    [eq('summary.weave.trace_name', 'run'), ['run 1', 'run 2', 'run 3']],
    [eq('op_name', ops.run), ['run 1', 'run 2', 'run 3']],
    [eq('parent_id', null), ['run 1', 'run 2', 'run 3']],
    [{$gt: [field('inputs.number'), literal(1)]}, ['run 2', 'run 3']],
    [{$gte: [field('started_at'), literal(0)]}, ALL],
    [{$lt: [field('inputs.number'), literal(2)]}, ['run 1']],
    [{$in: [field('inputs.mood'), [literal('Gut'), literal('schön')]]},
     ['run 1', 'run 3']],
    [{$contains: {input: field('output.words'), substr: literal('run 1')}},
     ['step 1.1', 'step 1.2']],
    [{$contains: {input: field('inputs.mood'), substr: literal('gu'),
                  case_insensitive: true}}, ['run 1']],
    [{$and: [eq('inputs.run', 3), {$not: [eq('inputs.n', 1)]}]}, ['step 3.2']],
    [{$or: [eq('inputs.number', 1), eq('inputs.number', 3)]},
     ['run 1', 'run 3']],
    [{$eq: [{$convert: {input: field('inputs.number'), to: 'string'}},
            literal('2')]}, ['run 2']],
    [{$not: [{$eq: [
      {$convert: {input: field('inputs.number'), to: 'exists'}},
      literal(true),
    ]}]}, ALL.filter(name => name.startsWith('step'))],
  ];
  const {calls} = client.traceServerApi;
  for (const [$expr, expected] of rows) {
    const said = JSON.stringify($expr);
    const found = await stream(sdk, {query: {$expr}});
    assert.deepEqual(found.map(nameOf), expected, said);
    const {data} = await calls.callsQueryStatsCallsQueryStatsPost(
        {project_id: projectId, query: {$expr}});
    assert.equal(data.count, expected.length, said);
  }
});

sdkTest('order, pages and columns through the generated client', async sdk => {
  await threeTraces(sdk);

  const newest = await stream(sdk, {
    filter: {trace_roots_only: true}, limit: 2,
    sort_by: [{field: 'started_at', direction: 'desc'}],
  });
  assert.deepEqual(newest.map(nameOf), ['run 3', 'run 2']);
  const byHalf = await stream(sdk, {
    offset: 1, limit: 4,
    sort_by: [{field: 'output.half', direction: 'desc'},
              {field: 'inputs.run', direction: 'desc'}],
  });
  assert.deepEqual(byHalf.map(nameOf),
                   ['step 1.2', 'step 3.1', 'step 2.1', 'step 1.1']);
  const [narrow] = await stream(sdk, {limit: 1, columns: ['inputs.number']});
  assert.deepEqual(narrow.inputs, {number: 1, mood: 'Gut'});
  assert.deepEqual(narrow.attributes, {});
  assert.equal(narrow.output, null);
});

sdkTest('a query that makes no sense is refused once', async sdk => {
  const {expectRefusal} = sdk;
  await threeTraces(sdk);

  expectRefusal('/calls/stream_query', 422);
  await assert.rejects(stream(sdk, {query: {$expr: eq('nonsense', 1)}}),
                       ({status}) => status === 422);
});

// Evaluations: a model over a dataset, each answer judged by several scorers.
import assert from 'node:assert/strict';

import {opName} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

const ROWS = [
  {question: '1 + 1', expected: 2},
  {question: '2 + 3', expected: 5},
  {question: '4 + 4', expected: 9},
];

// An evaluation of three rows by scorers that say yes or no, how much, and
// both in one; and a model that adds.
function arithmetic(weave) {
  const exact = weave.op(function exact({datasetRow, modelOutput}) {
    return modelOutput.sum === datasetRow.expected;
  });
  const distance = weave.op(function distance({datasetRow, modelOutput}) {
    return Math.abs(modelOutput.sum - datasetRow.expected);
  });
  const report = weave.op(function report({modelOutput}) {
    return {even: modelOutput.sum % 2 === 0, size: modelOutput.sum};
  }, {name: 'full-report'});
  const model = weave.op(async function add({datasetRow}) {
    const [left, right] = datasetRow.question.split(' + ').map(Number);
    return {sum: left + right};
  });
  const dataset = new weave.Dataset(
      {name: 'sums', rows: structuredClone(ROWS)});
  const evaluation = new weave.Evaluation({
    name: 'Adding up', description: 'of small numbers', dataset,
    scorers: [exact, distance, report],
  });
  return {evaluation, dataset, model, scorers: {exact, distance, report}};
}

// Progress as the SDK prints it, and nothing else of it.
function assertProgress(takeLog, total) {
  const lines = takeLog(/^Evaluating \d+\/\d+ examples /);
  assert.deepEqual(
      lines.map(line => /(\d+\/\d+)/.exec(line)[1]),
      Array.from({length: total}, (_, i) => `${i + 1}/${total}`));
}

// The calls of the op of that name, in the order of `by`.
function named(calls, name, by) {
  return calls.filter(call => opName(call) === name)
      .sort((a, b) => by(a) < by(b) ? -1 : 1);
}

sdkTest('an evaluation is one trace: rows, predictions, scores, summary',
        async sdk => {
  const {weave, projectId, api, flush, takeLog} = sdk;
  const {evaluation, model} = arithmetic(weave);

  const summary = await evaluation.evaluate({model});
  await flush();

  assertProgress(takeLog, 3);
  const {model_latency: latency, ...scores} = summary;
  assert.ok(latency.mean >= 0);
  assert.deepEqual(scores, {
    model_success: {true_count: 3, true_fraction: 1},
    model_output: {sum: {mean: 5}},
    exact: {true_count: 2, true_fraction: 2 / 3},
    distance: {mean: 1 / 3},
    'full-report': {even: {true_count: 2, true_fraction: 2 / 3},
                    size: {mean: 5}},
  });

  const calls = await api.calls();
  // One evaluate; for each row one of everything else.
  assert.equal(calls.length, 1 + 3 * 5);
  const [root] = named(calls, 'Evaluation.evaluate', call => call.id);
  assert.equal(root.parent_id, null);
  assert.equal(root.display_name, 'Adding up_add');
  assert.deepEqual(root.output, summary);
  assert.equal(root.summary.weave.status, 'success');
  assert.equal(new Set(calls.map(call => call.trace_id)).size, 1);

  const object = await api.onlyObject('Adding-up');
  const self = `weave:///${projectId}/object/Adding-up:${object.digest}`;
  assert.equal(root.inputs.self, self);
  assert.match(root.inputs.model, /\/op\/add:/);

  const rows = await api.rows((await api.onlyObject('sums')).val.rows);
  const perRow = named(calls, 'Evaluation.predictAndScore',
                       call => call.output.model_output.sum);
  assert.equal(perRow.length, 3);
  perRow.forEach((call, i) => {
    assert.equal(call.parent_id, root.id);
    assert.equal(call.inputs.self, self);
    assert.ok(call.inputs.example.startsWith(object.val.dataset));
    assert.ok(call.inputs.example.endsWith(
        `/attr/rows/id/${rows[i].digest}`));
    assert.equal(call.output.model_success, true);
    const sum = [2, 5, 8][i];
    assert.deepEqual(call.output.scores, {
      exact: i < 2, distance: i < 2 ? 0 : 1,
      'full-report': {even: sum % 2 === 0, size: sum},
    });
    const children = calls.filter(child => child.parent_id === call.id);
    assert.deepEqual(children.map(opName).sort(),
                     ['add', 'distance', 'exact', 'full-report']);
    for (const child of children) {
      // In the SDK the scorers have no parameter names.
      const {datasetRow, modelOutput} = child.inputs.arg0;
      assert.equal(datasetRow, call.inputs.example);
      const name = opName(child);
      assert.deepEqual(modelOutput, name === 'add' ? undefined : {sum});
      assert.deepEqual(child.output, name === 'add' ? {sum} :
                       call.output.scores[name]);
    }
  });
});

sdkTest('an evaluation is stored with its dataset and its scorers',
        async sdk => {
  const {weave, projectId, api, flush, takeLog} = sdk;
  const {evaluation, model, scorers} = arithmetic(weave);

  await evaluation.evaluate({model});
  await flush();

  assertProgress(takeLog, 3);
  const {val, base_object_class} = await api.onlyObject('Adding-up');
  assert.equal(base_object_class, 'Evaluation');
  assert.equal(val.name, 'Adding up');
  assert.equal(val.description, 'of small numbers');
  const dataset = await api.onlyObject('sums');
  assert.equal(val.dataset,
               `weave:///${projectId}/object/sums:${dataset.digest}`);
  assert.deepEqual(val.scorers, await Promise.all(
      Object.values(scorers).map(async op => (await op.__savedRef).uri())));
  const kinds = (await api.resolve([val.evaluate, ...val.scorers]))
      .map(op => op.weave_type.type);
  assert.deepEqual(kinds, ['Op', 'Op', 'Op', 'Op']);
  const {objs} = await api.json('/objs/query', {filter: {is_op: true}});
  assert.deepEqual(objs.map(op => op.object_id).sort(), [
    'Evaluation.evaluate', 'Evaluation.predictAndScore', 'add', 'distance',
    'exact', 'full-report',
  ]);
});

sdkTest('evaluations are found by evaluation, by model and by row',
        async sdk => {
  const {weave, client, api, flush, takeLog} = sdk;
  const {evaluation, dataset, model} = arithmetic(weave);
  const guess = weave.op(async function guess() { return {sum: 5}; });

  await evaluation.evaluate({model});
  await evaluation.evaluate({model: guess});
  await flush();

  takeLog(/^Evaluating /);
  const roots = await client.getCalls({trace_roots_only: true});
  assert.deepEqual(roots.map(call => call.display_name),
                   ['Adding up_add', 'Adding up_guess']);
  const ofModel = await client.getCalls({
    trace_roots_only: true, input_refs: [(await guess.__savedRef).uri()],
  });
  assert.deepEqual(ofModel.map(call => call.id), [roots[1].id]);
  const ofEvaluation = await client.getCalls({
    trace_roots_only: true,
    input_refs: [(await evaluation.__savedRef).uri()],
  });
  assert.equal(ofEvaluation.length, 2);
  const row = (await dataset.getRow(1).__savedRef).uri();
  const ofRow = await client.getCalls({
    input_refs: [row], op_names: roots.map(call => call.op_name.replace(
        /evaluate:.*/, 'predictAndScore:*')),
  });
  assert.deepEqual(ofRow.map(call => call.output.scores.exact), [true, true]);
  // The scores of a row, read through the refs between them.
  const reached = await api.calls({
    columns: ['output'],
    expand_columns: ['inputs.example'], return_expanded_column_values: false,
    query: {$expr: {$and: [
      {$eq: [{$getField: 'inputs.example.question'},
             {$literal: '4 + 4'}]},
      {$eq: [{$getField: 'output.scores.exact'}, {$literal: false}]},
    ]}},
  });
  assert.deepEqual(reached.map(call => call.output.scores.distance), [1, 4]);
});

sdkTest('trials repeat the rows', async sdk => {
  const {weave, api, flush} = sdk;
  const {evaluation, model, dataset} = arithmetic(weave);

  await evaluation.evaluate({model, nTrials: 2, maxConcurrency: 1});
  await flush();

  assertProgress(sdk.takeLog, 6);
  const row = (await dataset.getRow(0).__savedRef).uri();
  const ofRow = await api.calls({filter: {input_refs: [row]}});
  assert.equal(ofRow.length, 2 * 5);
});

sdkTest('a column mapping renames what the model and the scorers see',
        async sdk => {
  const {weave, api, flush, takeLog} = sdk;
  const echo = weave.op(async function echo({datasetRow}) {
    return datasetRow.prompt;
  });
  const same = weave.op(function same({datasetRow, modelOutput}) {
    return datasetRow.prompt === modelOutput;
  });
  const evaluation = new weave.Evaluation({
    name: 'mapped', scorers: [same], columnMapping: {prompt: 'question'},
    dataset: new weave.Dataset({name: 'd', rows: structuredClone(ROWS)}),
  });

  const {same: score} = await evaluation.evaluate({model: echo});
  await flush();

  assertProgress(takeLog, 3);
  assert.deepEqual(score, {true_count: 3, true_fraction: 1});
  const calls = await api.calls();
  for (const call of named(calls, 'Evaluation.predictAndScore',
                           ({started_at}) => started_at)) {
    assert.deepEqual(call.inputs.columnMapping, {prompt: 'question'});
  }
  const echoes = named(calls, 'echo', call => call.output);
  assert.deepEqual(echoes.map(call => call.inputs.arg0),
                   ROWS.map(row => ({datasetRow: {prompt: row.question}})));
  assert.deepEqual((await api.onlyObject('mapped')).val.columnMapping,
                   {prompt: 'question'});
});

sdkTest('a model and a scorer that fail are errors, of the rows they failed on',
        async sdk => {
  const {weave, api, flush, takeLog} = sdk;
  const fragile = weave.op(async function fragile({datasetRow}) {
    if (datasetRow.expected === 5) throw new Error('no fives');
    return {sum: datasetRow.expected};
  });
  const picky = weave.op(function picky({datasetRow}) {
    if (datasetRow.expected === 9) throw new TypeError('no nines');
    return true;
  });
  const evaluation = new weave.Evaluation({
    name: 'failing', scorers: [picky],
    dataset: new weave.Dataset({name: 'd', rows: structuredClone(ROWS)}),
  });

  const summary = await evaluation.evaluate({model: fragile});
  await flush();

  takeLog(/^Evaluating /);
  // The SDK tells its user of these two, and goes on.
  assert.equal(takeLog(/^Error: no fives/).length, 1);
  assert.equal(takeLog(/^TypeError: no nines/).length, 1);
  assert.deepEqual(summary.model_success,
                   {true_count: 2, true_fraction: 2 / 3});
  const failed = await api.calls({query: {$expr: {$eq: [
    {$getField: 'summary.weave.status'}, {$literal: 'error'},
  ]}}});
  assert.deepEqual(failed.map(call => [opName(call), call.exception]).sort(),
                   [['fragile', 'no fives'], ['picky', 'no nines']]);
  const rows = await api.calls({filter: {op_names: [(await api.calls())
      .find(call => opName(call) === 'Evaluation.predictAndScore').op_name]}});
  assert.deepEqual(rows.map(call => call.output.model_success).sort(),
                   [false, true, true]);
});

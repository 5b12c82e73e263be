// The evaluation that a program does by itself, and reports as it goes.
import assert from 'node:assert/strict';

import {opName} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

const META = {imperative: true};
const EXAMPLES = [
  {input: {question: 'capital of France'}, output: 'Paris', right: true},
  {input: {question: 'capital of Peru'}, output: 'Quito', right: false},
  {input: {question: 'capital of Chad'}, output: 'N\'Djamena', right: true},
];

const childrenOf = (calls, parent) =>
    calls.filter(call => call.parent_id === parent.id);

sdkTest('a logged evaluation has the shape of one that was run', async sdk => {
  const {weave, projectId, api, flush} = sdk;
  const logger = new weave.EvaluationLogger({
    name: 'capitals', description: 'of countries', dataset: 'atlas',
    model: {name: 'my-model'}, scorers: ['correct', 'length'],
    attributes: {run: 'nightly'}, trial: 7,
  });

  for (const {input, output, right} of EXAMPLES) {
    const prediction = await logger.logPredictionAsync(input, output);
    await prediction.logScore('correct', right);
    await prediction.logScore('length', output.length);
    await prediction.finish();
  }
  await logger.logSummary();
  await flush();

  const calls = await api.calls();
  assert.equal(calls.length, 2 + 3 * 4);
  assert.equal(new Set(calls.map(call => call.trace_id)).size, 1);
  const [root, ...more] = calls.filter(call => call.parent_id === null);
  assert.equal(more.length, 0);
  assert.equal(opName(root), 'Evaluation.evaluate');
  assert.deepEqual(root.attributes._weave_eval_meta, META);
  assert.equal(root.attributes.run, 'nightly');
  const summary = {
    correct: {true_count: 2, true_fraction: 2 / 3},
    length: {mean: (5 + 5 + 9) / 3},
  };
  assert.deepEqual(root.output, summary);

  const evaluation = await api.onlyObject('capitals');
  const model = await api.onlyObject('my-model');
  assert.equal(root.inputs.self,
               `weave:///${projectId}/object/capitals:${evaluation.digest}`);
  assert.equal(root.inputs.model,
               `weave:///${projectId}/object/my-model:${model.digest}`);
  assert.equal(evaluation.base_object_class, 'Evaluation');
  assert.equal(evaluation.val.dataset, 'atlas');
  assert.equal(evaluation.val.trial, 7);
  assert.deepEqual(evaluation.val.scorers, ['correct', 'length']);
  assert.equal(model.base_object_class, 'Model');

  const children = childrenOf(calls, root);
  const summarize = children.pop();
  assert.equal(opName(summarize), 'Evaluation.summarize');
  assert.deepEqual(summarize.output, summary);
  assert.equal(children.length, 3);
  children.forEach((call, i) => {
    const {input, output, right} = EXAMPLES[i];
    assert.equal(opName(call), 'Evaluation.predict_and_score');
    assert.deepEqual(call.inputs.example, input);
    assert.deepEqual(
        call.output, {output, scores: {correct: right, length: output.length}});
    const grandchildren = childrenOf(calls, call);
    assert.deepEqual(grandchildren.map(opName),
                     ['Model.predict', 'correct.score', 'length.score']);
    assert.deepEqual(grandchildren.map(child => child.output),
                     [output, right, output.length]);
    assert.deepEqual(grandchildren[0].attributes._weave_eval_meta, META);
    assert.deepEqual(grandchildren[1].attributes._weave_eval_meta,
                     {...META, score: true});
    assert.equal(grandchildren[2].display_name, 'length.score');
    assert.equal(grandchildren[2].inputs.output, output);
  });
});

sdkTest('each score is feedback on its prediction', async sdk => {
  const {weave, projectId, api, flush} = sdk;
  const logger = new weave.EvaluationLogger({name: 'e'});

  const prediction = logger.logPrediction({n: 1}, 'one');
  await prediction.logScore('correct', true);
  await prediction.logScore('graded', {mark: 0.5, why: ['short', 'späť']});
  await prediction.finish();
  await logger.logSummary();
  await flush();

  const predict = await api.onlyCall('Model.predict');
  const feedback = await api.feedbackOn(predict);
  const scorers = [await api.onlyObject('correct'),
                   await api.onlyObject('graded')];
  const calls = [await api.onlyCall('correct.score'),
                 await api.onlyCall('graded.score')];
  assert.deepEqual(feedback.map(({payload}) => payload), [
    {output: true}, {output: {mark: 0.5, why: ['short', 'späť']}},
  ]);
  feedback.forEach((row, i) => {
    const name = scorers[i].object_id;
    assert.equal(row.feedback_type, `wandb.runnable.${name}`);
    assert.equal(row.runnable_ref,
                 `weave:///${projectId}/object/${name}:${scorers[i].digest}`);
    assert.equal(row.call_ref, api.callRef(calls[i].id));
    assert.equal(scorers[i].base_object_class, 'Scorer');
    assert.equal(scorers[i].leaf_object_class, name);
  });
  // The same with the call, and as a filter on calls.
  const [read] = await api.calls({
    filter: {call_ids: [predict.id]}, include_feedback: true,
  });
  assert.deepEqual(read.summary.weave.feedback.map(({id}) => id),
                   feedback.map(({id}) => id));
  const graded = await api.calls({query: {$expr: {$gt: [
    {$getField: 'feedback.[wandb.runnable.graded].payload.output.mark'},
    {$literal: 0.4},
  ]}}});
  assert.deepEqual(graded.map(({id}) => id), [predict.id]);
});

sdkTest('everything is there, though nothing was waited for', async sdk => {
  const {weave, api, flush} = sdk;
  const dataset = new weave.Dataset({
    name: 'd', rows: EXAMPLES.map(({input}) => ({...input})),
  });
  const logger = new weave.EvaluationLogger({name: 'hasty', dataset});

  for (let i = 0; i < 20; ++i) {
    const {output, right} = EXAMPLES[i % 3];
    const prediction = logger.logPrediction({i}, output);
    prediction.logScore('correct', right);
    prediction.logScore('close', 0.5);
    prediction.finish();
  }
  await logger.logSummary();
  await flush();

  const calls = await api.calls();
  assert.equal(calls.length, 2 + 20 * 4);
  for (const call of calls) {
    assert.equal(call.summary.weave.status, 'success');
  }
  const perRow = calls.filter(
      call => opName(call) === 'Evaluation.predict_and_score');
  assert.deepEqual(
      perRow.map(({inputs, output}) => [inputs.example.i, output.scores])
          .sort(([a], [b]) => a - b),
      Array.from({length: 20}, (_, i) => [
        i, {correct: EXAMPLES[i % 3].right, close: 0.5},
      ]));
  const {result} = await api.json('/feedback/query', {fields: ['count(*)']});
  assert.deepEqual(result, [{'count(*)': 40}]);
  const {val} = await api.onlyObject('hasty');
  const [first] = await api.resolve([val.dataset]);
  assert.equal(first.name, 'd');
});

sdkTest('predictions that were never finished are finished by the summary',
        async sdk => {
  const {weave, api, flush, takeLog} = sdk;
  const logger = new weave.EvaluationLogger({name: 'e'});
  logger.logPrediction({n: 1}, 'one').logScore('correct', false);

  await logger.logSummary({mine: ['own', 'summary']});
  await flush();

  assert.equal(takeLog(/unfinished prediction/).length, 1);
  const calls = await api.calls();
  assert.deepEqual(calls.map(call => call.ended_at === null),
                   calls.map(() => false));
  assert.deepEqual((await api.onlyCall('Evaluation.evaluate')).output,
                   {mine: ['own', 'summary']});
});

sdkTest('a model of one\'s own class keeps its fields', async sdk => {
  const {weave, api, flush} = sdk;
  class Tuned extends weave.WeaveObject {
    constructor(temperature) {
      super({name: 'tuned'});
      this.temperature = temperature;
    }
  }
  const logger =
      new weave.EvaluationLogger({name: 'e', model: new Tuned(0.25)});

  await logger.logPrediction({}, null).finish();
  await logger.logSummary();
  await flush();

  const model = await api.onlyObject('tuned');
  assert.equal(model.base_object_class, 'Tuned');
  assert.equal(model.val.temperature, 0.25);
  const root = await api.onlyCall('Evaluation.evaluate');
  const [value] = await api.resolve([`${root.inputs.model}/attr/temperature`]);
  assert.equal(value, 0.25);
});

// Scores, reactions and notes on calls.
import assert from 'node:assert/strict';

import {sdkTest} from './support/with_sdk.mjs';

// A call to say something about: of an op `answer` that takes n.
async function someCall(sdk, n = 1) {
  const {weave, flush} = sdk;
  const answer = weave.op(async function answer(n) { return n * 2; },
                          {parameterNames: ['n']});
  const [, call] = await answer.invoke(n);
  await flush();
  return {id: call.id, op: answer};
}

sdkTest('addScore puts the score of an op on a call', async sdk => {
  const {weave, client, api, flush} = sdk;
  const {id} = await someCall(sdk);
  const judge = weave.op(async function judge(n) {
    return {good: n > 1, why: 'größer 😀'};
  });
  const [score, {id: scoreId}] = await judge.invoke(2);
  await flush();
  const judgeRef = (await judge.__savedRef).uri();

  const feedbackId = await client.addScore(id, scoreId, judgeRef, score);

  const [row, ...more] = await api.feedbackOn({id});
  assert.equal(more.length, 0);
  assert.equal(row.id, feedbackId);
  assert.equal(row.feedback_type, 'wandb.runnable.judge');
  assert.deepEqual(row.payload, {output: {good: true, why: 'größer 😀'}});
  assert.equal(row.runnable_ref, judgeRef);
  assert.equal(row.call_ref, api.callRef(scoreId));
  assert.ok(Date.parse(row.created_at) <= Date.now());
  const good = await api.calls({query: {$expr: {$eq: [
    {$getField: 'feedback.[wandb.runnable.judge].payload.output.good'},
    {$literal: true},
  ]}}});
  assert.deepEqual(good.map(call => call.id), [id]);
});

sdkTest('scores of an object, of any JSON, many on one call', async sdk => {
  const {client, api} = sdk;
  const {id} = await someCall(sdk);
  const scorer = (await client.publish({threshold: 0.5}, 'my-scorer')).uri();
  const scores = [0.5, true, null, 'fine', [1, {x: null}], {}, -0.25];

  const ids = [];
  for (const score of scores) {
    ids.push(await client.addScore(id, 'scoring-call', scorer, score));
  }

  const rows = await api.feedbackOn({id});
  assert.deepEqual(rows.map(row => row.id), ids);
  assert.deepEqual(rows.map(row => row.payload.output), scores);
  for (const row of rows) {
    assert.equal(row.feedback_type, 'wandb.runnable.my-scorer');
  }
  const [call] = await api.calls(
      {filter: {call_ids: [id]}, include_feedback: true});
  assert.deepEqual(call.summary.weave.feedback.map(row => row.id), ids);
});

sdkTest('the generated client reacts, notes, reads, replaces and purges',
        async sdk => {
  const {client, projectId, api} = sdk;
  const {id} = await someCall(sdk);
  const other = await someCall(sdk, 2);
  const {feedback} = client.traceServerApi;
  const about = {project_id: projectId, weave_ref: api.callRef(id)};

  const {data: reaction} = await feedback.feedbackCreateFeedbackCreatePost({
    ...about, feedback_type: 'wandb.reaction.1', payload: {emoji: '👍🏽'},
  });
  const {data: note} = await feedback.feedbackCreateFeedbackCreatePost({
    ...about, feedback_type: 'wandb.note.1', payload: {note: 'très bien'},
  });
  await feedback.feedbackCreateFeedbackCreatePost({
    project_id: projectId, weave_ref: api.callRef(other.id),
    feedback_type: 'my.own', payload: {mark: 3, tags: ['a']},
    creator: 'a reader',
  });
  assert.equal(reaction.payload.detoned, '👍');
  assert.equal(reaction.payload.alias, ':thumbs_up_medium_skin_tone:');

  const read = async query =>
      (await feedback.feedbackQueryFeedbackQueryPost(
          {project_id: projectId, ...query})).data.result;
  const byField = (field, value) => ({
    query: {$expr: {$eq: [{$getField: field}, {$literal: value}]}},
  });
  assert.equal((await read({})).length, 3);
  const onCall = await read({
    ...byField('weave_ref', api.callRef(id)),
    sort_by: [{field: 'created_at', direction: 'desc'}],
  });
  assert.deepEqual(onCall.map(row => row.id), [note.id, reaction.id]);
  const [own] = await read({...byField('payload.mark', 3),
                            fields: ['creator', 'payload.tags']});
  assert.deepEqual(own, {creator: 'a reader', 'payload.tags': ['a']});

  const {data: replaced} =
      await feedback.feedbackReplaceFeedbackReplacePost({
        ...about, feedback_type: 'wandb.note.1', feedback_id: note.id,
        payload: {note: 'on second thought'},
      });
  assert.notEqual(replaced.id, note.id);
  assert.deepEqual((await api.feedbackOn({id})).map(row => row.id),
                   [reaction.id, replaced.id]);

  await feedback.feedbackPurgeFeedbackPurgePost(
      {project_id: projectId, ...byField('id', reaction.id)});
  const [left, ...more] = await api.feedbackOn({id});
  assert.equal(more.length, 0);
  assert.equal(left.payload.note, 'on second thought');
});

sdkTest('feedback with a payload that its type forbids is refused once',
        async sdk => {
  const {client, projectId, api, expectRefusal} = sdk;
  const {id} = await someCall(sdk);

  expectRefusal('/feedback/create', 400);
  await assert.rejects(
      client.traceServerApi.feedback.feedbackCreateFeedbackCreatePost({
        project_id: projectId, weave_ref: api.callRef(id),
        feedback_type: 'wandb.reaction.1', payload: {emoji: 'not one'},
      }), ({status, error}) =>
          status === 400 && /exactly one emoji/.test(error.reason));
  assert.deepEqual(await api.feedbackOn({id}), []);
});

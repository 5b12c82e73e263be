// Prices, and what calls cost by them.
import assert from 'node:assert/strict';

import {sdkTest} from './support/with_sdk.mjs';

// An op whose calls report the tokens they are given, by model.
function chatOp(weave) {
  return weave.op(async function chat(usage) { return {usage}; }, {
    parameterNames: ['usage'], summarize: ({usage}) => ({usage}),
  });
}

const PRICES = {
  'gpt-x': {prompt_token_cost: 0.25, completion_token_cost: 0.5},
  'sonnet-x': {prompt_token_cost: 0.125, completion_token_cost: 2,
               provider_id: 'an', cache_read_input_token_cost: 0.0625},
};

sdkTest('getCalls reads what calls cost', async sdk => {
  const {weave, client, api, flush} = sdk;
  await api.json('/cost/create', {costs: PRICES});
  const chat = chatOp(weave);
  const parent = weave.op(async function parent() {
    await chat({'gpt-x': {prompt_tokens: 8, completion_tokens: 2,
                          total_tokens: 10}});
    await chat({'gpt-x': {prompt_tokens: 4, completion_tokens: 1},
                'sonnet-x': {input_tokens: 16, output_tokens: 3}});
    await chat({'free-x': {prompt_tokens: 1}});
  });

  await parent();
  await flush();

  const [root, first, second, third] = await client.getCalls({}, true);
  const costs = call => call.summary.weave.costs;
  assert.equal(costs(first)['gpt-x'].prompt_tokens_total_cost, 2);
  assert.equal(costs(first)['gpt-x'].completion_tokens_total_cost, 1);
  assert.equal(costs(first)['gpt-x'].requests, 1);
  assert.equal(costs(second)['gpt-x'].prompt_tokens_total_cost, 1);
  assert.equal(costs(second)['sonnet-x'].prompt_tokens_total_cost, 2);
  assert.equal(costs(second)['sonnet-x'].completion_tokens_total_cost, 6);
  assert.equal(costs(second)['sonnet-x'].provider_id, 'an');
  assert.equal(costs(third), undefined);
  // The SDK has summed the usage up to the parent.
  assert.equal(costs(root)['gpt-x'].prompt_tokens, 12);
  assert.equal(costs(root)['gpt-x'].prompt_tokens_total_cost, 3);
  assert.equal(costs(root)['gpt-x'].requests, 2);
  assert.deepEqual(Object.keys(costs(root)).sort(), ['gpt-x', 'sonnet-x']);
  assert.deepEqual(root.summary.usage['free-x'],
                   {requests: 1, prompt_tokens: 1});
  // One call, and nothing about costs unless asked.
  assert.deepEqual((await client.getCall(first.id, true)).summary,
                   first.summary);
  assert.equal(costs(await client.getCall(first.id)), undefined);
});

sdkTest('the price of the day of the call counts', async sdk => {
  const {weave, client, api, flush} = sdk;
  for (const [price, date] of [[1, '2020-01-01T00:00:00Z'],
                               [2, '2021-01-01T00:00:00Z'],
                               [64, '2999-01-01T00:00:00Z']]) {
    await api.json('/cost/create', {costs: {'gpt-x': {
      prompt_token_cost: price, completion_token_cost: 0,
      effective_date: date,
    }}});
  }
  const [, {id}] =
      await chatOp(weave).invoke({'gpt-x': {prompt_tokens: 3}});
  await flush();

  const {costs} = (await client.getCall(id, true)).summary.weave;

  assert.equal(costs['gpt-x'].prompt_tokens_total_cost, 6);
});

sdkTest('the generated client makes, reads and purges prices', async sdk => {
  const {client, projectId} = sdk;
  const {cost} = client.traceServerApi;

  const {data: created} = await cost.costCreateCostCreatePost(
      {project_id: projectId, costs: PRICES});

  assert.deepEqual(created.ids.map(([, model]) => model).sort(),
                   ['gpt-x', 'sonnet-x']);
  const read = async () => (await cost.costQueryCostQueryPost({
    project_id: projectId,
    query: {$expr: {$eq: [{$literal: '1'}, {$literal: '1'}]}},
    sort_by: [{field: 'llm_id', direction: 'asc'}],
  })).data.results;
  const rows = await read();
  assert.deepEqual(
      rows.map(row => [row.llm_id, row.provider_id, row.prompt_token_cost,
                       row.completion_token_cost, row.pricing_level]),
      [['gpt-x', 'default', 0.25, 0.5, 'project'],
       ['sonnet-x', 'an', 0.125, 2, 'project']]);

  await cost.costPurgeCostPurgePost({project_id: projectId, query: {$expr: {
    $eq: [{$getField: 'id'}, {$literal: rows[0].id}],
  }}});
  assert.deepEqual((await read()).map(row => row.llm_id), ['sonnet-x']);
});

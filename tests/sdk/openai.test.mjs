// A client of OpenAI that the SDK wraps. What it would fetch is made up here:
// no key, no network.
import assert from 'node:assert/strict';

import {digestOf} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

const USAGE = {prompt_tokens: 12, completion_tokens: 4, total_tokens: 16,
               prompt_tokens_details: {cached_tokens: 8}};
const MESSAGES = [{role: 'user', content: 'Wie geht\'s? 😀'}];

async function* pieces() {
  const base = {id: 'chat-1', object: 'chat.completion.chunk', model: 'gpt-x',
                created: 1};
  const choice = {index: 0, finish_reason: null};
  for (const content of ['Gu', 't, ', 'danke']) {
    yield {...base,
           choices: [{...choice, delta: {role: 'assistant', content}}]};
  }
  yield {...base, choices: [{index: 0, delta: {}, finish_reason: 'stop'}]};
  yield {...base, choices: [], usage: USAGE};
}

// As far as the SDK looks at one.
function fakeOpenAI(picture) {
  const answer = {
    id: 'chat-1', object: 'chat.completion', model: 'gpt-x', created: 1,
    choices: [{index: 0, finish_reason: 'stop',
               message: {role: 'assistant', content: 'Gut, danke'}}],
    usage: USAGE,
  };
  return {
    chat: {completions: {
      create: async ({stream}) => stream ? pieces() : answer,
    }},
    beta: {},
    images: {generate: async () => ({
      created: 1, data: [{b64_json: picture.toString('base64')}],
    })},
    responses: {create: async () => ({
      model: 'gpt-r', output_text: 'Gut',
      usage: {input_tokens: 3, output_tokens: 1},
    })},
  };
}

sdkTest('chats are calls with their usage, and cost what they cost',
        async sdk => {
  const {weave, client, api, flush} = sdk;
  await api.json('/cost/create', {costs: {'gpt-x': {
    prompt_token_cost: 0.5, completion_token_cost: 0.25,
  }}});
  const openai = weave.wrapOpenAI(fakeOpenAI());
  const agent = weave.op(async function agent() {
    const request = {model: 'gpt-x', messages: MESSAGES};
    const whole = await openai.chat.completions.create(request);
    let streamed = '';
    for await (const piece of await openai.chat.completions.create(
        {...request, stream: true})) {
      streamed += piece.choices[0]?.delta.content ?? '';
    }
    return [whole.choices[0].message.content, streamed];
  });

  assert.deepEqual(await agent(), ['Gut, danke', 'Gut, danke']);
  await flush();

  const [root, whole, streamed] = await client.getCalls({}, true);
  for (const call of [whole, streamed]) {
    assert.equal(call.parent_id, root.id);
    assert.equal(call.summary.weave.trace_name,
                 'openai.chat.completions.create');
    assert.deepEqual(call.inputs.messages, MESSAGES);
    assert.equal(call.output.choices[0].message.content, 'Gut, danke');
    assert.deepEqual(call.summary.usage, {'gpt-x': {requests: 1, ...USAGE}});
    const cost = call.summary.weave.costs['gpt-x'];
    assert.equal(cost.prompt_tokens_total_cost, 6);
    assert.equal(cost.completion_tokens_total_cost, 1);
  }
  assert.equal(streamed.inputs.stream, true);
  const total = root.summary.weave.costs['gpt-x'];
  assert.equal(total.requests, 2);
  assert.equal(total.prompt_tokens_total_cost, 12);
});

sdkTest('a picture that was asked for is a file', async sdk => {
  const {weave, api, flush} = sdk;
  const picture = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 255]);
  const openai = weave.wrapOpenAI(fakeOpenAI(picture));

  await openai.images.generate({prompt: 'a cat'});
  await flush();

  const call = await api.onlyCall('openai.images.generate');
  assert.deepEqual(call.output.data[0].files,
                   {'image.png': digestOf(picture)});
  assert.deepEqual(await api.file(digestOf(picture)), picture);
  assert.deepEqual(call.summary.usage,
                   {'dall-e': {requests: 1, images_generated: 1}});
});

sdkTest('responses are calls with their usage', async sdk => {
  const {weave, api, flush} = sdk;
  const openai = weave.wrapOpenAI(fakeOpenAI());

  await openai.responses.create({model: 'gpt-r', input: 'Wie geht\'s?'});
  await flush();

  const call = await api.onlyCall('create');
  assert.equal(call.inputs.input, 'Wie geht\'s?');
  assert.equal(call.output.output_text, 'Gut');
  assert.deepEqual(call.summary.usage['gpt-r'],
                   {requests: 1, input_tokens: 3, output_tokens: 1});
});

// Values, models and prompts: published, and got back.
import assert from 'node:assert/strict';

import {digestOf, opName} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

sdkTest('a published value comes back as it was', async sdk => {
  const {client, api} = sdk;
  const settings = {
    zulu: [1, -0.5, 1e21, 5e-324, 2 ** 53 - 1], alpha: {'a.b': {'': null}},
    text: 'quote " newline \n 漢字 😀 \u2028', yes: true,
  };
  const expected = structuredClone(settings);

  const ref = await client.publish(settings, 'settings');

  assert.deepEqual(await ref.get(), expected);
  const object = await api.onlyObject('settings');
  assert.deepEqual(object.val, expected);
  assert.equal(object.base_object_class, null);
  assert.deepEqual(Object.keys(object.val), Object.keys(expected));
});

sdkTest('a value without a name gets one', async sdk => {
  const {client, api} = sdk;

  const ref = await client.publish([1, 'two']);

  assert.deepEqual(await ref.get(), [1, 'two']);
  assert.equal((await api.onlyObject(ref.objectId)).digest, ref.digest);
});

sdkTest('each change is a version, found by digest, number and latest',
        async sdk => {
  const {weave, client, projectId, api} = sdk;
  const digests = [];
  for (const n of [0, 1, 2, 1]) {
    digests.push((await client.publish({n}, 'counted')).digest);
  }

  assert.equal(digests[3], digests[1]);
  const get = async digest =>
      (await new weave.ObjectRef(projectId, 'counted', digest).get()).n;
  for (const n of [0, 1, 2]) {
    assert.equal(await get(digests[n]), n);
    assert.equal(await get(`v${n}`), n);
  }
  // The version that was published last, though it is not the newest one.
  assert.equal(await get('latest'), 1);
  const {data} = await client.traceServerApi.objs.objsQueryObjsQueryPost({
    project_id: projectId, filter: {object_ids: ['counted']},
  });
  assert.deepEqual(data.objs.map(object => object.digest),
                   digests.slice(0, 3));
  const {objs} = await api.json('/objs/query', {
    filter: {object_ids: ['counted'], latest_only: true},
  });
  assert.deepEqual(objs.map(object => object.val), [{n: 1}]);
});

sdkTest('an object that is not there is refused once', async sdk => {
  const {client, weave, projectId, expectRefusal} = sdk;
  await client.publish({n: 1}, 'known');

  expectRefusal('/obj/read', 404);
  await assert.rejects(
      client.get(new weave.ObjectRef(projectId, 'unknown', 'latest')),
      response => response.status === 404 &&
          /Obj unknown:latest not found/.test(response.error.reason));
});

sdkTest('a deleted object is refused with the time of its end', async sdk => {
  const {client, api, expectRefusal} = sdk;
  const ref = await client.publish({n: 1}, 'doomed');
  const {num_deleted} = await api.json('/obj/delete', {object_id: 'doomed'});
  assert.equal(num_deleted, 1);

  expectRefusal('/obj/read', 404);
  await assert.rejects(ref.get(), ({error}) => {
    assert.match(error.reason, /^doomed:v0 was deleted at /);
    assert.ok(Date.parse(error.deleted_at) <= Date.now());
    return true;
  });
});

sdkTest('a model is an object of its class, its ops beside it', async sdk => {
  const {weave, client, projectId, api, flush} = sdk;
  class Translator extends weave.WeaveObject {
    constructor(language) {
      super({name: 'My translator', description: 'of greetings'});
      this.language = language;
      this.prompt = new weave.StringPrompt(
          {name: 'say', content: 'Say {text} in {language}'});
      this.predict = weave.op(this, this.predict, {parameterNames: ['text']});
    }
    async predict(text) {
      return this.prompt.format({text, language: this.language});
    }
  }
  const model = new Translator('French');

  assert.equal(await model.predict('hello'), 'Say hello in French');
  await flush();

  const call = await api.onlyCall('Translator.predict');
  const object = await api.onlyObject('My-translator');
  const prompt = await api.onlyObject('say');
  assert.equal(
      call.inputs.self,
      `weave:///${projectId}/object/My-translator:${object.digest}`);
  assert.equal(call.inputs.text, 'hello');
  assert.equal(object.base_object_class, 'Translator');
  assert.deepEqual(object.val._bases, ['Object', 'BaseModel']);
  assert.equal(object.val.language, 'French');
  assert.equal(object.val.predict, call.op_name);
  assert.equal(object.val.prompt,
               `weave:///${projectId}/object/say:${prompt.digest}`);
  const [content] =
      await api.resolve([`${call.inputs.self}/attr/prompt/attr/content`]);
  assert.equal(content, 'Say {text} in {language}');
  // The calls of any version of the model.
  const ofModel = await client.getCalls(
      {input_refs: [`weave:///${projectId}/object/My-translator:*`]});
  assert.deepEqual(ofModel.map(({id}) => id), [call.id]);
});

sdkTest('a published op is an op, with its source', async sdk => {
  const {weave, client, projectId, api} = sdk;
  const source = async function describe(x) { return `é ${x}`; };

  const ref = await client.publish(weave.op(source));

  assert.match(ref.uri(), new RegExp(`^weave:///${projectId}/op/describe:`));
  const object = await api.onlyObject('describe');
  assert.equal(object.kind, 'op');
  assert.deepEqual(await api.file(object.val.files['obj.py']),
                   Buffer.from(source.toString()));
  const {objs} = await api.json('/objs/query', {filter: {is_op: true}});
  assert.equal(objs.length, 1);
  assert.equal(opName({op_name: ref.uri()}), objs[0].object_id);
});

sdkTest('a string prompt is published and got back', async sdk => {
  const {weave, client, api} = sdk;
  const prompt = new weave.StringPrompt({
    name: 'Greeting prompt', description: 'polite',
    content: 'Grüße {name}, you are {age:d}. {unknown}',
  });

  const ref = await client.publish(prompt);

  const object = await api.onlyObject('Greeting-prompt');
  assert.equal(object.base_object_class, 'Prompt');
  assert.equal(object.leaf_object_class, 'StringPrompt');
  assert.deepEqual(object.val, {
    _type: 'StringPrompt', _class_name: 'StringPrompt',
    _bases: ['Prompt', 'Object', 'BaseModel'], name: 'Greeting prompt',
    description: 'polite',
    content: 'Grüße {name}, you are {age:d}. {unknown}',
  });
  const back = await weave.StringPrompt.get(client, ref.uri());
  assert.ok(back instanceof weave.StringPrompt);
  assert.equal(back.name, 'Greeting prompt');
  assert.equal(back.description, 'polite');
  assert.equal(back.format({name: 'Ada', age: 36}),
               'Grüße Ada, you are 36. {unknown}');
});

sdkTest('a prompt of messages is published and got back', async sdk => {
  const {weave, client, api} = sdk;
  const messages = [
    {role: 'system', content: 'You speak {language}.'},
    {role: 'user', content: [{type: 'text', text: 'About {topic}?'}]},
  ];
  const prompt = new weave.MessagesPrompt({name: 'chat', messages});

  const ref = await client.publish(prompt);

  const object = await api.onlyObject('chat');
  assert.equal(object.base_object_class, 'Prompt');
  assert.equal(object.leaf_object_class, 'MessagesPrompt');
  assert.deepEqual(object.val.messages, messages);
  const back = await weave.MessagesPrompt.get(client, ref.uri());
  assert.deepEqual(back.format({language: 'Dutch', topic: 'tea'}), [
    {role: 'system', content: 'You speak Dutch.'},
    {role: 'user', content: [{type: 'text', text: 'About tea?'}]},
  ]);
});

sdkTest('the prompt a call used is a ref, and leads back to the call',
        async sdk => {
  const {weave, client, api, flush} = sdk;
  const prompt = new weave.StringPrompt({name: 'p', content: 'Hi {name}'});
  const greet = weave.op(async function greet(prompt, name) {
    return prompt.format({name});
  }, {parameterNames: ['prompt', 'name']});

  await greet(prompt, 'Ada');
  await greet(new weave.StringPrompt({name: 'q', content: '?'}), 'Bob');
  await flush();

  const ref = (await client.publish(prompt)).uri();
  const [call, ...more] = await client.getCalls({input_refs: [ref]});
  assert.equal(more.length, 0);
  assert.deepEqual(call.inputs, {prompt: ref, name: 'Ada'});
  assert.equal(call.output, 'Hi Ada');
  const [expanded] = await api.calls({
    filter: {call_ids: [call.id]}, expand_columns: ['inputs.prompt'],
  });
  assert.equal(expanded.inputs.prompt.content, 'Hi {name}');
  assert.equal(expanded.inputs.prompt._ref, ref);
});

sdkTest('another order of keys is no other version', async sdk => {
  const {client, api} = sdk;
  const first = await client.publish({a: 1, b: 2}, 'ordered');
  const second = await client.publish({b: 2, a: 1}, 'ordered');

  // The digest is over sorted keys.
  assert.equal(first.digest, digestOf('{"a": 1, "b": 2}'));
  assert.equal(second.digest, first.digest);
  assert.equal((await api.onlyObject('ordered')).version_index, 0);
});

sdkTest('the generated client reads refs of every kind in one batch',
        async sdk => {
  const {weave, client, projectId} = sdk;
  const value = await client.publish(
      {list: ['zero', {key: 'deep'}], 'a/b': 'slash'}, 'value');
  const holder = await client.publish({held: value.uri()}, 'holder');
  const op = await client.publish(weave.op(function plain() {}));
  const base = value.uri();

  const {data} = await client.traceServerApi.refs
      .refsReadBatchRefsReadBatchPost({refs: [
        base, `${base}/key/list/index/0`, `${base}/key/list/index/1/key/key`,
        `${base}/key/a%2Fb`, `${base}/key/missing`, op.uri(),
        `${holder.uri()}/key/held/key/list/index/0`, holder.uri(),
      ]});

  assert.deepEqual(data.vals.slice(1, 5), ['zero', 'deep', 'slash', null]);
  assert.deepEqual(data.vals[0].list, ['zero', {key: 'deep'}]);
  assert.equal(data.vals[5].weave_type.type, 'Op');
  assert.equal(data.vals[6], 'zero');
  assert.deepEqual(data.vals[7],
                   {held: `weave:///${projectId}/object/value:${value.digest}`});
});

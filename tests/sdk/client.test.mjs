// What a program does with calls and objects through the SDK's client.
import assert from 'node:assert/strict';

import {digestOf} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

sdkTest('getCalls returns the calls of its filter, oldest first', async sdk => {
  const {weave, client, api, flush} = sdk;
  const child = weave.op(async function child(n) { return n + 1; });
  const parent = weave.op(async function parent(n) { return await child(n); });

  for (let n = 0; n < 3; ++n) await parent(n);
  await flush();

  const all = await client.getCalls();
  assert.equal(all.length, 6);
  const stored = await api.calls();
  assert.deepEqual(all.map(call => call.id), stored.map(call => call.id));
  assert.deepEqual(all.map(call => call.output),
                   stored.map(call => call.output));
  const roots = await client.getCalls({trace_roots_only: true});
  assert.deepEqual(roots.map(call => call.inputs.arg0), [0, 1, 2]);
  const ofChild = await client.getCalls({op_names: [stored[1].op_name]});
  assert.deepEqual(ofChild.map(call => call.output), [1, 2, 3]);
  assert.equal((await client.getCalls({}, false, 4)).length, 4);
});

sdkTest('getCall finds one call, with costs asked for or not', async sdk => {
  const {weave, client, flush} = sdk;
  const add = weave.op(async function add(a, b) { return a + b; });

  const [sum, {id}] = await add.invoke(2, 3);
  await flush();

  for (const includeCosts of [false, true]) {
    const call = await client.getCall(id, includeCosts);
    assert.equal(call.id, id);
    assert.equal(call.output, sum);
  }
  await assert.rejects(client.getCall('no-such-call'), /Call not found/);
});

sdkTest('a finished call can be renamed', async sdk => {
  const {weave, client, api, flush} = sdk;
  const work = weave.op(async function work() { return 'done'; });
  const [, call] = await work.invoke();
  await flush();

  await call.setDisplayName('first name');
  assert.equal((await api.read(call.id)).display_name, 'first name');

  await client.updateCall(call.id, 'second name');
  const stored = await api.read(call.id);
  assert.equal(stored.display_name, 'second name');
  assert.equal(stored.output, 'done');
});

sdkTest('deleting a call deletes what ran below it', async sdk => {
  const {weave, client, projectId, api, flush} = sdk;
  const child = weave.op(async function child() { return 1; });
  const parent = weave.op(async function parent() { return await child(); });
  const [, doomed] = await parent.invoke();
  const doomedId = doomed.id;
  const [, kept] = await parent.invoke();
  await flush();

  const {data} =
      await client.traceServerApi.calls.callsDeleteCallsDeletePost(
          {project_id: projectId, call_ids: [doomedId]});

  assert.equal(data.num_deleted, 2);
  assert.equal(await api.count(), 2);
  assert.equal(await api.read(doomedId), null);
  const left = await api.calls();
  assert.deepEqual(left.map(call => call.trace_id),
                   [kept.trace_id, kept.trace_id]);
});

sdkTest('the generated client reads and counts calls', async sdk => {
  const {weave, client, projectId, flush} = sdk;
  const work = weave.op(async function work() { return {deep: [1]}; });
  const [, {id}] = await work.invoke();
  await flush();

  const read = await client.traceServerApi.call.callReadCallReadPost(
      {project_id: projectId, id});
  assert.deepEqual(read.data.call.output, {deep: [1]});
  const stats =
      await client.traceServerApi.calls.callsQueryStatsCallsQueryStatsPost(
          {project_id: projectId});
  assert.equal(stats.data.count, 1);
});

sdkTest('the source of an op is uploaded, and named by its calls',
        async sdk => {
  const {weave, projectId, api, flush} = sdk;
  const source = async function describe(x) {
    return `größer als ${x}? 😀`;
  };
  const describe = weave.op(source);

  await describe(1);
  await describe(2);
  await flush();

  // Both digests are worked out here from the service's rules, so the server
  // cannot merely agree with itself.
  const file = digestOf(source.toString());
  const object = digestOf(
      `{"_type": "CustomWeaveType", "files": {"obj.py": "${file}"}, ` +
      '"load_op": "NO_LOAD_OP", "weave_type": {"type": "Op"}}');
  const calls = await api.calls();
  assert.deepEqual(calls.map(call => call.op_name),
                   Array(2).fill(
                       `weave:///${projectId}/op/describe:${object}`));
  assert.equal((await api.file(file)).toString(), source.toString());
});

sdkTest('a published value is an object under its digest', async sdk => {
  const {client, projectId} = sdk;

  const ref = await client.publish({b: 1, a: ['é']}, 'settings');

  const digest = digestOf('{"a": ["\\u00e9"], "b": 1}');
  assert.equal(ref.uri(), `weave:///${projectId}/object/settings:${digest}`);
});

sdkTest('an image in an output is stored as a file', async sdk => {
  const {weave, api, flush} = sdk;
  const data = Buffer.from(Array.from({length: 70_000}, (_, i) => i % 256));
  const draw = weave.op(async function draw() {
    return {picture: weave.weaveImage({data, imageType: 'png'})};
  });

  await draw();
  await flush();

  const {output} = await api.onlyCall('draw');
  assert.deepEqual(output.picture, {
    _type: 'CustomWeaveType',
    weave_type: {type: 'PIL.Image.Image'},
    files: {'image.png': digestOf(data)},
    load_op: 'NO_LOAD_OP',
  });
  assert.deepEqual(await api.file(digestOf(data)), data);
});

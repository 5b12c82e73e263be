// Calls of every kind arrive complete, linked to their parent and trace.
import assert from 'node:assert/strict';
import {setImmediate as pause} from 'node:timers/promises';

import {opName} from './support/api.mjs';
import {sdkTest} from './support/with_sdk.mjs';

// What the SDK reports beside the call's own data.
const SDK_ATTRIBUTES = {weave: {client_version: '0.11.1', source: 'js-sdk'}};

// Values that a careless store would change. Each is given to JSON.stringify
// by the SDK, so `undefined`, -0 and the like never reach the wire.
const AWKWARD = {
  zulu: 1, alpha: -0.5, large: 1e21, small: 5e-324, max: 2 ** 53 - 1,
  text: 'quote " backslash \\ slash / newline \n tab \t nul \u0000',
  beyond: 'é 漢字 😀 \u2028', lone: 'cut off \ud83d', empty: '',
  nothing: null, yes: true, no: false,
  list: [[], {}, [1, [2, [3, [null]]]]],
  nested: {b: {a: {'dotted.key': {'': 0}}}},
};

sdkTest('nested ops are one trace, each linked to its parent', async sdk => {
  const {weave, api, flush} = sdk;
  const entries = {};
  const note = name => {
    entries[name] = weave.requireCurrentCallStackEntry();
  };
  const leaf = weave.op(async function leaf(n) {
    note(`leaf${n}`);
    return n * 2;
  }, {parameterNames: ['n']});
  const branch = weave.op(async function branch(left, right) {
    note('branch');
    return [await leaf(left), await leaf(right)];
  });
  const trunk = weave.op(async function trunk(plan) {
    note('trunk');
    return {fruits: await branch(...plan.sizes)};
  }, {parameterNames: 'useParam0Object'});

  await trunk({sizes: [1, 2]});
  await flush();

  const expected = {
    trunk: {parent: null, inputs: {sizes: [1, 2]}, output: {fruits: [2, 4]}},
    branch: {parent: 'trunk', inputs: {arg0: 1, arg1: 2}, output: [2, 4]},
    leaf1: {parent: 'branch', inputs: {n: 1}, output: 2},
    leaf2: {parent: 'branch', inputs: {n: 2}, output: 4},
  };
  assert.equal(await api.count(), 4);
  for (const [name, {parent, inputs, output}] of Object.entries(expected)) {
    const call = await api.read(entries[name].callId);
    assert.equal(opName(call), name.replace(/\d/, ''));
    assert.equal(call.parent_id, parent && entries[parent].callId);
    assert.equal(call.trace_id, entries.trunk.traceId);
    assert.deepEqual(call.attributes, SDK_ATTRIBUTES);
    assert.deepEqual(call.inputs, inputs);
    assert.deepEqual(call.output, output);
    assert.equal(call.exception, null);
    assert.equal(call.summary.weave.status, 'success');
    assert.equal(call.summary.weave.trace_name, opName(call));
  }
  const ids = (await api.calls()).map(call => call.id).sort();
  assert.deepEqual(
      ids, Object.values(entries).map(entry => entry.callId).sort());
  const children = {parent_ids: [entries.branch.callId]};
  assert.equal(await api.count(children), 2);
  assert.equal(await api.count({trace_roots_only: true}), 1);
});

sdkTest('inputs and outputs come back byte for byte', async sdk => {
  const {weave, api, flush} = sdk;
  const echo = weave.op(async function echo(value) {
    return structuredClone(value);
  }, {parameterNames: ['value']});

  await echo(AWKWARD);
  await flush();

  const text = await api.readText((await api.onlyCall('echo')).id);
  const sent = JSON.stringify(AWKWARD);
  assert.ok(text.includes(`"inputs":{"value":${sent}}`), text);
  assert.ok(text.includes(`"output":${sent}`), text);
});

sdkTest('a call keeps its times to the millisecond', async sdk => {
  const {weave, api, flush} = sdk;
  const now = weave.op(async function now() { return Date.now(); });

  const [, sent] = await now.invoke();
  await flush();

  const call = await api.read(sent.id);
  assert.equal(Date.parse(call.started_at), Date.parse(sent.started_at));
  assert.equal(Date.parse(call.ended_at), Date.parse(sent.ended_at));
  assert.equal(call.summary.weave.latency_ms,
               Date.parse(sent.ended_at) - Date.parse(sent.started_at));
});

sdkTest('calls that run at the same time keep to their own trace',
        async sdk => {
  const {weave, api, flush} = sdk;
  const ROOTS = 24;
  const CHILDREN = 5;
  const child = weave.op(async function child(root, n) {
    for (let i = 0; i < (root * n) % 7; ++i) await pause();
    const {callId, traceId} = weave.requireCurrentCallStackEntry();
    return {root, callId, traceId};
  }, {parameterNames: ['root', 'n']});
  const root = weave.op(async function root(n) {
    const {callId, traceId} = weave.requireCurrentCallStackEntry();
    const numbers = Array.from({length: CHILDREN}, (_, i) => i);
    await Promise.all(numbers.map(i => child(n, i)));
    return {root: n, callId, traceId};
  }, {parameterNames: ['n']});

  await Promise.all(Array.from({length: ROOTS}, (_, n) => root(n)));
  await flush();

  const calls = await api.calls();
  assert.equal(calls.length, ROOTS * (1 + CHILDREN));
  const roots = new Map(calls.filter(call => call.parent_id === null)
                            .map(call => [call.id, call]));
  assert.equal(roots.size, ROOTS);
  for (const call of calls) {
    // The output says where the SDK had the call while it ran.
    assert.equal(call.output.callId, call.id);
    assert.equal(call.output.traceId, call.trace_id);
    if (roots.has(call.id)) continue;
    const parent = roots.get(call.parent_id);
    assert.equal(parent.trace_id, call.trace_id);
    assert.equal(parent.inputs.n, call.inputs.root);
  }
});

sdkTest('a throwing op is stored with its exception', async sdk => {
  const {weave, api, flush} = sdk;
  const fail = weave.op(async function fail(what) { throw what; });
  const guard = weave.op(async function guard(what) {
    try {
      return await fail(what);
    } catch (error) {
      return 'caught';
    }
  });
  const relay = weave.op(async function relay(what) {
    return await fail(what);
  });
  const text = 'no such "thing"\n\tat line 😀';

  await assert.rejects(relay(new TypeError(text)), TypeError);
  assert.equal(await guard('just a string'), 'caught');
  await flush();

  const calls = await api.calls();
  assert.equal(calls.length, 4);
  const told = calls.map(call => [
    opName(call), call.exception, call.output, call.summary.weave.status,
  ]).sort();
  assert.deepEqual(told, [
    ['fail', 'just a string', null, 'error'],
    ['fail', text, null, 'error'],
    ['guard', null, 'caught', 'success'],
    ['relay', text, null, 'error'],
  ]);
  for (const call of calls.filter(call => opName(call) === 'fail')) {
    const parent = await api.read(call.parent_id);
    assert.equal(parent.trace_id, call.trace_id);
    assert.notEqual(call.ended_at, null);
  }
});

// A streaming op, and how the SDK is told to fold its chunks into an output.
function countOp(weave) {
  return weave.op(async function* count(to) {
    for (let i = 1; i <= to; ++i) {
      await pause();
      if (i === 13) throw new Error('unlucky');
      yield i;
    }
  }, {
    parameterNames: ['to'],
    streamReducer: {
      initialStateFn: () => ({chunks: [], done: false}),
      reduceFn: ({chunks}, chunk) => ({chunks: [...chunks, chunk]}),
      finalizeFn: state => { state.done = true; },
    },
  });
}

sdkTest('a streaming op is stored with all its chunks', async sdk => {
  const {weave, api, flush} = sdk;
  const count = countOp(weave);
  const sum = weave.op(async function sum(to) {
    let total = 0;
    for await (const i of await count(to)) total += i;
    return total;
  });

  assert.equal(await sum(10), 55);
  await flush();

  const parent = await api.onlyCall('sum');
  const call = await api.onlyCall('count');
  assert.equal(call.parent_id, parent.id);
  assert.equal(call.trace_id, parent.trace_id);
  assert.equal(parent.output, 55);
  assert.deepEqual(call.inputs, {to: 10});
  assert.deepEqual(
      call.output, {chunks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], done: true});
  assert.equal(call.summary.weave.status, 'success');
});

sdkTest('a stream that is left early is stored as far as it came',
        async sdk => {
  const {weave, api, flush} = sdk;
  const count = countOp(weave);

  for await (const i of await count(10)) {
    if (i === 3) break;
  }
  await flush();

  const call = await api.onlyCall('count');
  assert.deepEqual(call.output, {chunks: [1, 2, 3], done: true});
  assert.notEqual(call.ended_at, null);
});

sdkTest('a stream that throws is stored as far as it came', async sdk => {
  const {weave, api, flush} = sdk;
  const count = countOp(weave);

  await assert.rejects(async () => {
    for await (const i of await count(20)) assert.ok(i < 13);
  }, /unlucky/);
  await flush();

  const call = await api.onlyCall('count');
  assert.equal(call.output.chunks.length, 12);
  assert.notEqual(call.ended_at, null);
});

sdkTest('attributes of program, context and call are one object',
        async sdk => {
  const {weave, api, flush} = sdk;
  const inner = weave.op(async function inner() { return 1; });
  const outer = weave.op(async function outer() {
    return await weave.withAttributes({step: 2, request: 'r2'}, inner);
  });

  await weave.withAttributes({request: 'r1', 'acme.tenant': ['x']}, outer);
  await flush();

  const shared = {...SDK_ATTRIBUTES, build: {sha: 'abc'}, 'acme.tenant': ['x']};
  assert.deepEqual((await api.onlyCall('outer')).attributes,
                   {...shared, request: 'r1'});
  assert.deepEqual((await api.onlyCall('inner')).attributes,
                   {...shared, request: 'r2', step: 2});
}, {globalAttributes: {build: {sha: 'abc'}}});

sdkTest('a display name takes the place of the trace name', async sdk => {
  const {weave, api, flush} = sdk;
  const greet = weave.op(async function greet(name) { return name; }, {
    callDisplayName: name => `greeting ${name} 👋`,
  });

  await greet('Ada');
  await flush();

  const call = await api.onlyCall('greet');
  assert.equal(call.display_name, 'greeting Ada 👋');
  assert.equal(call.summary.weave.display_name, 'greeting Ada 👋');
  assert.ok(!('trace_name' in call.summary.weave));
});

sdkTest('usage is summed up from child to parent', async sdk => {
  const {weave, api, flush} = sdk;
  const ask = weave.op(async function ask(tokens) { return {tokens}; }, {
    summarize: ({tokens}) => ({usage: {'gpt-x': {input_tokens: tokens}}}),
  });
  const chat = weave.op(async function chat() {
    await ask(3);
    await ask(4);
  });

  await chat();
  await flush();

  const call = await api.onlyCall('chat');
  assert.deepEqual(call.summary.usage,
                   {'gpt-x': {requests: 2, input_tokens: 7}});
});

sdkTest('a method is stored with the object it was called on', async sdk => {
  const {weave, api, flush} = sdk;
  class Model {
    constructor() {
      this.temperature = 0.5;
      this.predict = weave.op(this, this.predict, {parameterNames: ['text']});
    }
    async predict(text) {
      return `${text} at ${this.temperature}`;
    }
  }

  assert.equal(await new Model().predict('hi'), 'hi at 0.5');
  await flush();

  const [call] = await api.calls();
  assert.equal(call.inputs.self.temperature, 0.5);
  assert.equal(call.inputs.text, 'hi');
  assert.equal(call.output, 'hi at 0.5');
});

// Whole programs: what they leave behind when they end.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';

import {Api, opName} from './support/api.mjs';
import {sdkEnvironment, sdkTest} from './support/with_sdk.mjs';

const GREETING = 'Initializing project: sdk-team/programs\n';

// Runs programs/`name` against `bobbin` to its end.
async function run(bobbin, name) {
  const program = new URL(`programs/${name}`, import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    cwd: bobbin.dir,
    env: {PATH: process.env.PATH, ...sdkEnvironment(bobbin)},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all(
      [text(child.stdout), text(child.stderr), once(child, 'close')]);
  return {code: child.exitCode, stdout, stderr};
}

// Larger programs need process.exit() with Node 18, whatever the server: there
// a response of several pieces that the SDK has cloned keeps Node running.
for (const name of ['flush.mjs', 'flush.cjs']) {
  sdkTest(`all calls of a program that just ends are there: ${name}`,
          async ({bobbin}) => {
    assert.deepEqual(await run(bobbin, name),
                     {code: 0, stdout: GREETING, stderr: ''});

    const api = new Api(bobbin.url, 'sdk-team/programs');
    const calls = await api.calls();
    assert.equal(calls.length, 150);
    assert.equal(await api.count({trace_roots_only: true}), 30);
    for (const call of calls) {
      assert.equal(call.summary.weave.status, 'success');
      const n = call.inputs.arg0;
      if (opName(call) === 'step') {
        assert.equal(call.output, n);
        const parent = calls.find(({id}) => id === call.parent_id);
        assert.equal(parent.inputs.arg0, Math.floor(n / 10));
        assert.equal(parent.trace_id, call.trace_id);
      } else {
        assert.deepEqual(call.output, [1, 2, 3, 4].map(i => n * 10 + i));
      }
    }
  });
}

sdkTest('2,000 calls are stored once each, all linked', async ({bobbin}) => {
  assert.deepEqual(await run(bobbin, 'many.mjs'),
                   {code: 0, stdout: GREETING, stderr: ''});

  const api = new Api(bobbin.url, 'sdk-team/programs');
  assert.equal(await api.count(), 2000);
  const calls = await api.calls();
  assert.equal(new Set(calls.map(call => call.id)).size, 2000);
  assert.equal(new Set(calls.map(call => call.trace_id)).size, 200);
  const byId = new Map(calls.map(call => [call.id, call]));
  const steps = new Set();
  for (const call of calls) {
    assert.equal(call.summary.weave.status, 'success');
    if (call.parent_id === null) {
      assert.equal(call.output, call.inputs.root);
      continue;
    }
    const parent = byId.get(call.parent_id);
    assert.equal(parent.trace_id, call.trace_id);
    assert.equal(parent.inputs.root, call.inputs.root);
    assert.deepEqual(call.output, call.inputs);
    steps.add(`${call.inputs.root} ${call.inputs.n}`);
  }
  assert.equal(steps.size, 1800);
});

sdkTest('an evaluation is there for the next program', async ({bobbin}) => {
  const right = '{"true_count":2,"true_fraction":0.6666666666666666}';
  assert.deepEqual(await run(bobbin, 'evaluate.mjs'), {
    code: 0, stderr: '',
    stdout: GREETING + [1, 2, 3].map(n =>
        `Evaluating ${n}/3 examples (0 running, 0 errors)\n`).join('') + `[${right},{"mean":${13 / 3}}]\n`,
  });
  assert.deepEqual(await run(bobbin, 'read_back.mjs'), {
    code: 0, stderr: '',
    stdout: `${GREETING}[${right},["France","Peru","Chad"],` +
        '"What is the capital of Mali?"]\n',
  });

  const api = new Api(bobbin.url, 'sdk-team/programs');
  const calls = await api.calls();
  assert.deepEqual(
      calls.map(call => [opName(call), call.summary.weave.status]).sort(), [
        ['Evaluation.evaluate', 'success'],
        ...Array(3).fill(['Evaluation.predictAndScore', 'success']),
        ...Array(3).fill(['guess', 'success']),
        ...Array(3).fill(['letters', 'success']),
        ...Array(3).fill(['right', 'success']),
      ]);
  assert.equal(new Set(calls.map(call => call.trace_id)).size, 1);
  const examples = calls.map(call => call.inputs.example).filter(ref => ref);
  assert.deepEqual((await api.resolve(examples)).map(row => row.capital),
                   ['Paris', 'Lima', 'N\'Djamena']);
});

sdkTest('an evaluation that was reported without waiting is complete',
        async ({bobbin}) => {
  assert.deepEqual(await run(bobbin, 'report.cjs'),
                   {code: 0, stdout: GREETING, stderr: ''});

  const api = new Api(bobbin.url, 'sdk-team/programs');
  const calls = await api.calls();
  assert.equal(calls.length, 2 + 10 * 4);
  for (const call of calls) {
    assert.equal(call.summary.weave.status, 'success');
  }
  const root = await api.onlyCall('Evaluation.evaluate');
  assert.deepEqual(root.output, {
    even: {true_count: 5, true_fraction: 0.5}, size: {mean: 4.5},
  });
  const {total_count} = await api.json('/feedback/query', {limit: 1});
  assert.equal(total_count, 20);
});

sdkTest('the calls that killed a program are there', async ({bobbin}) => {
  const {code, stdout, stderr} = await run(bobbin, 'crash.mjs');
  assert.equal(code, 1);
  assert.equal(stdout, GREETING);
  assert.match(stderr, /Error: fatal/);
  assert.doesNotMatch(stderr, /batch|netrc|saving/i);

  const api = new Api(bobbin.url, 'sdk-team/programs');
  const fail = await api.onlyCall('fail');
  const parent = await api.onlyCall('run');
  assert.equal(fail.parent_id, parent.id);
  for (const call of [fail, parent]) {
    assert.equal(call.exception, 'fatal');
    assert.equal(call.summary.weave.status, 'error');
  }
});

sdkTest('login finds a healthy server and keeps the key', async ({bobbin}) => {
  const netrc = join(bobbin.dir, '.netrc');
  writeFileSync(netrc, '');

  const {code, stderr} = await run(bobbin, 'login.mjs');

  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(readFileSync(netrc, 'utf8'), /machine localhost/);
});

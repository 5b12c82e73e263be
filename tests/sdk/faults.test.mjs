// Every kind of fault, and what the SDK makes of it: what it says it will
// retry arrives, once, and what it says it gives up makes the program fail.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, test} from 'node:test';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';

import {Api, opName} from './support/api.mjs';
import {Bobbin} from './support/bobbin.mjs';
import {sdkEnvironment} from './support/with_sdk.mjs';

const PROGRAM = fileURLToPath(new URL('programs/faulty.mjs', import.meta.url));
const BATCH = {route: '/call/upsert_batch'};

class Faulty {
  constructor(bobbin) {
    this.bobbin = bobbin;
    this.api = new Api(bobbin.url, 'sdk-team/programs');
  }

  async #ask(method, path, body) {
    const response = await fetch(this.bobbin.url + path, {
      method, body: body && JSON.stringify(body),
      headers: {'Content-Type': 'application/json'},
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  }

  add(rule) { return this.#ask('POST', '/_bobbin/faults', rule); }
  clear() { return this.#ask('DELETE', '/_bobbin/faults'); }

  // How often the only fault has struck.
  async hits() {
    const {faults} = await this.#ask('GET', '/_bobbin/faults');
    assert.equal(faults.length, 1);
    return faults[0].hits;
  }

  // The answers to the batches, in order; null: none.
  async batches() {
    const {entries} = await this.#ask(
        'GET', '/_bobbin/journal?route=/call/upsert_batch');
    return entries.map(({status}) => status);
  }

  async report() { return (await this.#ask('GET', '/_bobbin/report')).total; }

  start(...args) {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.bobbin.dir,
      env: {PATH: process.env.PATH, ...sdkEnvironment(this.bobbin)},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return child;
  }

  // Runs the program to its end.
  async run(...args) {
    const child = this.start(...args);
    const [stdout, stderr] = await Promise.all(
        [text(child.stdout), text(child.stderr), once(child, 'close')]);
    const code = child.exitCode;
    const last = stdout.trimEnd().split('\n').at(-1);
    return {code, stdout, stderr, said: code === 0 ? JSON.parse(last) : null};
  }

  // All 20 calls are there, once each, ended and linked.
  async checkAllThere() {
    const calls = await this.api.calls();
    const names = calls.map(call => `${opName(call)} ${call.inputs.arg0}`);
    const expected = [];
    for (let n = 0; n < 10; ++n) expected.push(`run ${n}`, `step ${n}`);
    assert.deepEqual(names.sort(), expected.sort());
    for (const call of calls) {
      assert.equal(call.summary.weave.status, 'success');
      assert.equal(call.output, call.inputs.arg0);
    }
    const report = await this.report();
    assert.equal(report.open.count, 0);
    assert.equal(report.orphans.count, 0);
    assert.equal(report.ends_without_start.count, 0);
  }
}

function faultTest(claim, body) {
  test(claim, async () => {
    const bobbin = await Bobbin.start(['--control', '--journal', '1000']);
    try {
      await body(new Faulty(bobbin));
    } finally {
      await bobbin.stop();
    }
  });
}

describe('faults', {concurrency: true}, () => {
  for (const status of [429, 500, 503]) {
    faultTest(`a ${status} is retried, and nothing is doubled`,
              async server => {
      await server.add({kind: 'status', status, retry_after_s: 1, times: 1,
                        ...BATCH});
      const {code, stdout} = await server.run();
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`Return code: ${status}. Retrying`));
      assert.equal(await server.hits(), 1);
      await server.checkAllThere();
      const report = await server.report();
      assert.equal(report.retried_requests.count, 1);
      assert.equal(report.duplicate_starts.count, 0);
      assert.equal(report.duplicate_ends.count, 0);
    });
  }

  faultTest('what fails by chance arrives all the same', async server => {
    await server.add({kind: 'status', probability: 0.5, seed: 1, times: 2,
                      ...BATCH});
    assert.equal((await server.run()).code, 0);
    await server.checkAllThere();
  });

  faultTest('a batch that is refused is sent again', async server => {
    await server.add({kind: 'status', status: 400, nth: 1, ...BATCH});
    const {code, stderr} = await server.run();
    assert.equal(code, 0);
    assert.match(stderr, /Error processing batch/);
    assert.equal(await server.hits(), 1);
    await server.checkAllThere();
    assert.equal((await server.report()).duplicate_starts.count, 0);
  });

  faultTest('a program whose batches are always refused ends with an error',
            async server => {
    await server.add({kind: 'status', status: 422, ...BATCH});
    const {code, stderr} = await server.run();
    assert.equal(code, 1);
    assert.match(stderr, /Exceeded max errors: 10; exiting/);
    assert.equal(await server.hits(), 11);
    assert.deepEqual(await server.batches(), Array(11).fill(422));
    assert.equal(await server.api.count(), 0);
  });

  faultTest('what is stored and then fails is sent again, and kept once',
            async server => {
    await server.add({kind: 'apply_then_fail', nth: 1, ...BATCH});
    assert.equal((await server.run()).code, 0);
    assert.equal((await server.batches())[0], 503);
    await server.checkAllThere();
    const report = await server.report();
    assert.equal(report.retried_requests.count, 1);
    assert.notEqual(report.duplicate_starts.count, 0);
  });

  faultTest('a late answer is waited for', async server => {
    await server.add({kind: 'delay', min_ms: 100, max_ms: 300, ...BATCH});
    const {code, stdout} = await server.run();
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /Retrying/);
    assert.notEqual(await server.hits(), 0);
    await server.checkAllThere();
    assert.equal((await server.report()).retried_requests.count, 0);
  });

  faultTest('an answer that never comes holds up the program, not the server',
            async server => {
    await server.add({kind: 'hang', ...BATCH});
    const child = server.start();
    const closed = once(child, 'close');
    while ((await server.batches()).length === 0) {
      assert.equal(child.exitCode, null, 'the program waits');
    }
    assert.deepEqual(await server.batches(), [null]);
    assert.equal(await server.api.count(), 0);
    child.kill('SIGKILL');
    await closed;
    await server.clear();
    assert.equal((await server.run()).code, 0);
    await server.checkAllThere();
  });

  faultTest('a connection that is closed instead of an answer is retried',
            async server => {
    await server.add({kind: 'close', times: 1, ...BATCH});
    const {code, stdout} = await server.run();
    assert.equal(code, 0);
    assert.match(stdout, /Exception .* Retrying/);
    assert.equal((await server.batches())[0], null);
    await server.checkAllThere();
    assert.equal((await server.report()).duplicate_starts.count, 0);
  });

  // Whether the SDK sends it again depends on how much of the answer it reads.
  faultTest('a batch whose answer breaks off is kept once',
            async server => {
    await server.add({kind: 'close_mid_body', times: 1, ...BATCH});
    assert.equal((await server.run()).code, 0);
    assert.equal(await server.hits(), 1);
    assert.equal((await server.batches())[0], 200);
    await server.checkAllThere();
  });

  faultTest('a stream that breaks off is an error to who reads it',
            async server => {
    await server.add({kind: 'truncate_stream', lines: 3,
                      route: '/calls/stream_query'});
    const {code, said} = await server.run('read');
    assert.equal(code, 0);
    assert.equal(said.read, undefined);
    assert.match(said.error, /terminated/);
    await server.clear();
    await server.checkAllThere();
  });

  faultTest('a stream that ends early is taken for all there is',
            async server => {
    await server.add({kind: 'truncate_stream', lines: 3, clean: true,
                      route: '/calls/stream_query'});
    const {said} = await server.run('read');
    assert.deepEqual(said, {read: 3});
    await server.clear();
    await server.checkAllThere();
  });
});

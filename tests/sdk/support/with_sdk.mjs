// Runs a test with the SDK connected to a bobbin of its own, and afterwards
// holds both to the rule that nothing went wrong on the way: the SDK logged
// nothing but its greeting and what the test took from the log, each request
// was answered 200 unless the test expected a refusal, and none was sent
// again.
import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {test} from 'node:test';
import {format} from 'node:util';
import * as weave from 'weave';

import {Api} from './api.mjs';
import {Bobbin} from './bobbin.mjs';

const LEVELS = ['debug', 'log', 'info', 'warn', 'error'];

// Collects what is logged, until release().
class Log {
  lines = [];
  #real = LEVELS.map(level => console[level]);
  #onWarning = warning => {
    // What Node says about its own features is not the SDK's doing.
    if (/^(Deprecation|Experimental)Warning$/.test(warning.name)) return;
    this.lines.push(String(warning));
  };

  constructor() {
    for (const level of LEVELS) {
      console[level] = (...args) => this.lines.push(format(...args));
    }
    process.on('warning', this.#onWarning);
  }

  // Removes the lines that match, and returns them.
  take(pattern) {
    const taken = this.lines.filter(line => pattern.test(line));
    this.lines = this.lines.filter(line => !pattern.test(line));
    return taken;
  }

  release() {
    LEVELS.forEach((level, i) => { console[level] = this.#real[i]; });
    process.off('warning', this.#onWarning);
  }
}

// Counts what is fetched, until release(). The SDK makes new options for each
// request; a retry is known by the options that it gives to fetch() again.
class Fetches {
  count = 0;
  retried = [];
  #real = globalThis.fetch;
  #seen = new WeakSet();
  #clones = [];

  constructor() {
    globalThis.fetch = async (url, options) => {
      ++this.count;
      if (this.#seen.has(options)) this.retried.push(String(url));
      this.#seen.add(options);
      const response = await this.#real(url, options);
      response.clone = () => {
        const clone = Response.prototype.clone.call(response);
        this.#clones.push(clone);
        return clone;
      };
      return response;
    };
  }

  async release() {
    globalThis.fetch = this.#real;
    // The SDK clones each response and leaves the clone unread: with Node 18
    // one of several pieces would keep this process running.
    for (const clone of this.#clones) {
      if (!clone.bodyUsed) await clone.arrayBuffer();
    }
  }
}

// What a program needs in its environment to send its calls to `bobbin`,
// nothing of the user's own settings, and quiet from Node itself.
export function sdkEnvironment(bobbin) {
  return {
    HOME: bobbin.dir,
    WF_TRACE_SERVER_URL: bobbin.url,
    WANDB_API_KEY: 'any',
    NODE_NO_WARNINGS: '1',
  };
}

// `body` gets the SDK connected to a bobbin, and that bobbin:
//   weave, client, projectId   the SDK, and what its init() returned
//   api, bobbin                see api.mjs and bobbin.mjs
//   flush()                    waits until all calls are sent
//   takeLog(pattern)           the lines logged so far that match; what is not
//                              taken fails the test
//   expectRefusal(path, status)  of one request that is not answered 200
// `settings` are the SDK's own.
export function sdkTest(claim, body, settings = {}) {
  test(claim, async () => {
    const bobbin = await Bobbin.start();
    const log = new Log();
    const fetches = new Fetches();
    const projectId = 'sdk-team/sdk-project';
    const refusals = [];
    let requests;
    try {
      Object.assign(process.env, sdkEnvironment(bobbin));
      process.chdir(bobbin.dir);
      const client = await weave.init(
          projectId, {printCallLink: false, ...settings});
      await body({
        weave, client, projectId, bobbin,
        api: new Api(bobbin.url, projectId),
        flush: () => client.waitForBatchProcessing(),
        takeLog: pattern => log.take(pattern),
        expectRefusal: (path, status) => refusals.push({path, status}),
      });
      assert.ok(!existsSync('weaveErrors.log'), 'the SDK noted an error');
    } finally {
      await fetches.release();
      log.release();
      process.chdir('/');
      requests = await bobbin.stop();
    }
    assert.deepEqual(log.lines, [`Initializing project: ${projectId}`]);
    assert.deepEqual(fetches.retried, []);
    assert.notEqual(requests.length, 0, 'the request log was understood');
    assert.deepEqual(
        requests.filter(({status}) => status !== 200), refusals);
    // Programs of their own fetch without being counted here.
    assert.ok(requests.length >= fetches.count, 'a request got lost');
  });
}

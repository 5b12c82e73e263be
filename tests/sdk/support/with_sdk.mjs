// Runs a test with the SDK connected to a bobbin of its own, and afterwards
// holds both to the rule that nothing went wrong on the way: the SDK logged
// nothing but its greeting, and each request was answered 200 (so that none
// was ever sent again).
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

  release() {
    LEVELS.forEach((level, i) => { console[level] = this.#real[i]; });
    process.off('warning', this.#onWarning);
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

// `body` gets {weave, client, projectId, api, bobbin, flush}. `settings` are
// the SDK's own.
export function sdkTest(claim, body, settings = {}) {
  test(claim, async () => {
    const bobbin = await Bobbin.start();
    const log = new Log();
    const projectId = 'sdk-team/sdk-project';
    let requests;
    try {
      Object.assign(process.env, sdkEnvironment(bobbin));
      process.chdir(bobbin.dir);
      const client = await weave.init(
          projectId, {printCallLink: false, ...settings});
      const api = new Api(bobbin.url, projectId);
      const flush = () => client.waitForBatchProcessing();
      await body({weave, client, projectId, api, bobbin, flush});
      assert.ok(!existsSync('weaveErrors.log'), 'the SDK noted an error');
    } finally {
      log.release();
      process.chdir('/');
      requests = await bobbin.stop();
    }
    assert.deepEqual(log.lines, [`Initializing project: ${projectId}`]);
    assert.notEqual(requests.length, 0, 'the request log was understood');
    assert.deepEqual(requests.filter(({status}) => status !== 200), []);
  });
}

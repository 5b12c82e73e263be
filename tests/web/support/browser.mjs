// A browser, and pages in it that are held to the rule that nothing goes
// wrong in them and nothing leaves this machine.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {chromium} from 'playwright-core';

import {Api} from '../../sdk/support/api.mjs';
import {Bobbin} from '../../sdk/support/bobbin.mjs';

const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];

export async function launch() {
  return await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ARGS,
  });
}

// One bobbin and one browser for the tests of a file. `record` is given the
// fixture once, before them.
//
// A test's body gets {page, url, api, ...}: a new page of a browser that knows
// nothing yet.
export function webTests(projectId, record) {
  const shared = {projectId};
  before(async () => {
    shared.bobbin = await Bobbin.start();
    shared.url = shared.bobbin.url;
    shared.api = new Api(shared.url, projectId);
    [shared.browser] = await Promise.all([launch(), record(shared)]);
  });
  after(async () => {
    await shared.browser?.close();
    await shared.bobbin?.stop();
  });

  function webTest(claim, body, {mayLog = [], ...options} = {}) {
    // Only what hangs is cut off: the machine may be busy with other tests.
    test(claim, {timeout: 120_000}, async () => {
      const context = await shared.browser.newContext({
        viewport: {width: 1280, height: 800},
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(40_000);
      const problems = [];
      page.on('console', message => {
        const text = message.text();
        if (['error', 'warning'].includes(message.type()) &&
            !mayLog.some(pattern => pattern.test(text))) {
          problems.push(`${text} (${message.location().url})`);
        }
      });
      page.on('pageerror', error => problems.push(String(error)));
      page.on('dialog', dialog => {
        problems.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', request => {
        const url = new URL(request.url());
        if (!['blob:', 'data:'].includes(url.protocol) &&
            url.origin !== shared.url) {
          problems.push(`request to ${url}`);
        }
      });
      try {
        await body({...shared, page, context});
        assert.deepEqual(problems, []);
      } catch (error) {
        if (problems.length) error.message += `\n${problems.join('\n')}`;
        throw error;
      } finally {
        await context.close();
      }
    });
  }
  return webTest;
}

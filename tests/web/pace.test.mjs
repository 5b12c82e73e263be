// In a busy project the page asks so seldom that the server is still free for
// others.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {bigTrace, callBatch} from './support/calls.mjs';

const PROJECT = 'acme/busy';
const VIEW = `/${PROJECT}/r`;

const webTest = webTests(PROJECT, async ({api}) => {
  await callBatch(api, PROJECT, [{
    id: 'busy', trace_id: 'busy', thread_id: 'busy', turn_id: 'busy',
    op_name: 'run', startMs: 0, endMs: 5,
  }]);
  await callBatch(api, PROJECT, bigTrace(2000));
});

// One request of each load, made slow by this much.
const SLOW_MS = 300;

for (const [view, path, request, mark] of [
  ['the list', `/?project=${encodeURIComponent(PROJECT)}`,
   '/_bobbin/traces/query', 'limit'],
  ['the threads', `${VIEW}/threads`, '/threads/stream_query', 'limit'],
  ['the charts', `${VIEW}/charts?since=24h`, '/_bobbin/stats', '"model"'],
  ['a trace', `${VIEW}/call/busy`, '/calls/stream_query', 'trace_ids'],
]) {
  webTest(`${view}: loads that take long leave four times as long between them`,
          async ({page, url, api}) => {
    // By the clock of the page, by which it waits; so nothing is measured that
    // a busy machine could make shorter.
    const starts = [];
    await page.route(`**${request}`, async route => {
      if (route.request().postData().includes(mark)) {
        starts.push(await page.evaluate(() => performance.now()));
        await new Promise(resolve => setTimeout(resolve, SLOW_MS));
      }
      await route.continue();
    });
    await page.goto(url + path);
    await page.getByText('Live', {exact: true}).waitFor();
    for (let i = 0; starts.length < 4; ++i) {
      await api.post('/call/update', {call_id: 'busy', display_name: `n${i}`});
    }
    // The first may have been asked for before there were changes.
    const pauses = starts.slice(2, 4).map((start, i) => start - starts[i + 1]);
    for (const pause of pauses) assert.ok(pause > 4 * SLOW_MS, `${pauses}`);
    await page.unrouteAll({behavior: 'ignoreErrors'});
  });
}

webTest('a large trace is not loaded whole for changes of others',
        async ({page, url, api}) => {
  const asked = {whole: 0, small: 0};
  page.on('request', request => {
    if (request.url().endsWith('/calls/query_stats')) ++asked.small;
    if (request.url().endsWith('/calls/stream_query') &&
        request.postData().includes('trace_ids')) {
      ++asked.whole;
    }
  });
  const start = performance.now();
  await page.goto(`${url}${VIEW}/call/big-1`);
  await page.locator('#call-big-1').waitFor();
  await page.getByText('Live', {exact: true}).waitFor();
  for (let i = 0; asked.small < 8; ++i) {
    await api.post('/call/update', {call_id: 'busy', display_name: `m${i}`});
  }
  const seconds = (performance.now() - start) / 1000;
  assert.ok(asked.whole <= 1 + Math.floor(seconds / 10), `${asked.whole}`);

  // Of its own changes it is: at once, and in a while.
  await callBatch(api, PROJECT, [{
    id: 'big-new', trace_id: 'big', parent_id: 'big-0', op_name: 'new',
    startMs: 1,
  }]);
  await page.locator('#call-big-new .status-running').waitFor();
  await api.post('/call/update', {call_id: 'big-2', display_name: 'renamed'});
  await page.locator('#call-big-2 .call-name', {hasText: 'renamed'}).waitFor();
  assert.ok(asked.small > 8);
});

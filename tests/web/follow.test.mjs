// An open trace follows what is recorded.
import assert from 'node:assert/strict';

import {webTests} from './support/browser.mjs';
import {bigTrace, callBatch, EPOCH_MS} from './support/calls.mjs';

const PROJECT = 'acme/follow';

const webTest = webTests(PROJECT, async ({api}) => {
  await callBatch(api, PROJECT, bigTrace(400));
});

const callUrl = (url, id, more = '') =>
  `${url}/${PROJECT}/r/call/${id}${more}`;
const live = page => page.getByText('Live', {exact: true}).waitFor();
const rename = (api, id, name) => api.post('/call/update', {
  call_id: id, display_name: name,
});

webTest('a finished call is shown as it is now: name, output and feedback',
        async ({page, url, api}) => {
  const call = {id: 'done', trace_id: 'done', op_name: 'done', startMs: 0,
                endMs: 10, output: 'first'};
  await callBatch(api, PROJECT, [call]);
  await page.goto(callUrl(url, 'done'));
  await page.getByText('"first"').waitFor();
  await live(page);
  await rename(api, 'done', 'renamed');
  await page.locator('.call-name', {hasText: 'renamed'}).waitFor();
  await page.getByRole('heading', {name: 'renamed', level: 2}).waitFor();
  await callBatch(api, PROJECT, [{...call, output: 'second'}]);
  await page.getByText('"second"').waitFor();
  await api.post('/feedback/create', {
    weave_ref: `weave:///${PROJECT}/call/done`,
    feedback_type: 'wandb.note.1', payload: {note: 'said elsewhere'},
  });
  await page.getByRole('tab', {name: 'Feedback (1)'}).click();
  await page.getByText('said elsewhere').waitFor();
});

webTest('what changes moves neither the selection, nor folds, nor the place',
        async ({page, url, api}) => {
  await page.goto(callUrl(url, 'big-21'));
  await page.getByRole('heading', {name: 'step', level: 2}).waitFor();
  await live(page);
  await page.keyboard.press('h');
  const box = page.locator('.calls');
  await page.locator('.call-row.selected .folded-count').waitFor();
  await box.evaluate(e => { e.scrollTop = 3000; });
  const name = page.locator('#call-big-141 .call-name');
  await name.waitFor();
  // Before it in the tree, so that all others move down by one.
  await callBatch(api, PROJECT, [{id: 'big-new', trace_id: 'big', startMs: 1,
                                  parent_id: 'big-0', op_name: 'new',
                                  endMs: 2}]);
  await rename(api, 'big-141', 'another name');
  await page.locator('.call-name', {hasText: 'another name'}).waitFor();
  await page.locator('.trace-summary', {hasText: 'Calls401'}).waitFor();
  assert.equal(await box.evaluate(e => e.scrollTop), 3000);
  await page.keyboard.press('Home');
  await page.locator('.call-row', {hasText: 'new'}).first().waitFor();
  await page.locator('#call-big-21 .folded-count').waitFor();
});

webTest('a storm of changes is followed one load at a time, to its end',
        async ({page, url, api}) => {
  let loading = 0;
  let most = 0;
  const isTrace = request => request.url().endsWith('/calls/stream_query') &&
      request.postData().includes('trace_ids');
  const failed = [];
  page.on('request', request => {
    if (isTrace(request)) most = Math.max(most, ++loading);
  });
  page.on('requestfinished', request => {
    if (isTrace(request)) --loading;
  });
  page.on('requestfailed', request => failed.push(request.url()));
  await page.goto(callUrl(url, 'big-0'));
  await page.locator('#call-big-1').waitFor();
  await live(page);
  for (let i = 1; i <= 60; ++i) await rename(api, 'big-1', `storm ${i}`);
  await page.locator('.call-name', {hasText: 'storm 60'}).waitFor();
  assert.equal(most, 1);
  assert.deepEqual(failed.filter(one => one.includes('/calls/')), []);
});

for (const colorScheme of ['dark', 'light']) {
  webTest(`the bar of a running call grows, and its label stands out, ` +
      colorScheme, async ({page, url, api}) => {
    // Begun just now, unlike what the other tests look at.
    const start = Date.now() - EPOCH_MS - 4000;
    const root = `run-${colorScheme}`;
    await callBatch(api, PROJECT, [
      {id: root, trace_id: root, op_name: 'root', startMs: start},
    ]);
    await page.goto(callUrl(url, root));
    const bar = page.locator('.bar-running');
    await bar.waitFor();
    const width = element => element.evaluate(e => parseFloat(e.style.width));
    assert.equal(await width(bar), 100);
    assert.ok(await page.locator('.axis .tick').count() > 1);
    const label = page.locator('.bar-label', {hasText: 'running'});
    const {ground, ownGround} = await label.evaluate(e => ({
      ground: getComputedStyle(document.body).backgroundColor,
      ownGround: getComputedStyle(e).backgroundColor,
    }));
    assert.equal(ownGround, ground);

    await callBatch(api, PROJECT, [
      {id: `${root}-1`, trace_id: root, parent_id: root, op_name: 'step',
       startMs: start, endMs: start + 3000},
    ]);
    const step = page.locator('.bar-success');
    await step.waitFor();
    const first = await width(step);
    await page.waitForFunction(
        than => parseFloat(document.querySelector('.bar-success')
            .style.width) < than, first);
  }, {colorScheme});
}

webTest('only calls that have ended are slow', async ({page, url, api}) => {
  const call = n => ({
    id: `slow-${n}`, trace_id: 'slow', op_name: `call_${n}`, startMs: n,
    parent_id: n ? 'slow-0' : undefined,
  });
  await callBatch(api, PROJECT, [
    ...[0, 1, 2, 3, 4, 5, 6].map(call), {...call(7), endMs: 500},
  ]);
  await page.goto(callUrl(url, 'slow-0'));
  await live(page);
  await page.locator('#call-slow-7 .slow-mark').waitFor();
  assert.equal(await page.locator('.slow-mark').count(), 1);
  await page.getByRole('button', {name: 'Slowest'}).click();
  await page.locator('#call-slow-7[aria-selected="true"]').waitFor();
});

webTest('a trace that was left behind keeps its axis',
        async ({page, url, api}) => {
  await callBatch(api, PROJECT, [
    {id: 'left', trace_id: 'left', op_name: 'root', startMs: -7_200_000},
    {id: 'left-1', trace_id: 'left', parent_id: 'left', op_name: 'step',
     startMs: -7_200_000, endMs: -7_199_000},
  ]);
  await page.goto(callUrl(url, 'left'));
  const bar = page.locator('.bar-success');
  await bar.waitFor();
  assert.equal(await bar.evaluate(e => e.style.width), '100%');
});
